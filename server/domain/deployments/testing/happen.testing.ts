import { setTimeout as delay } from 'node:timers/promises';
import { UserError } from '#server/domain/errors.ts';
import type { SimulatedClients } from './clients.testing.ts';
import type { Expected } from './problems.testing.ts';
import type { Happening } from './schedule.testing.ts';
import type { Simulation } from './simulation.testing.ts';

/** On the deployments' own clock: a failover takes some ten seconds, and a disk is full for longer. */
const FAILOVER_MS = 12_000;
const FULL_MS = 45_000;
const PROXY_ERRORS_MS = 15_000;
const THROTTLED_MS_OF_80 = 20;
const CLOCK_SET_MS = 20 * 60_000;

/** Carries out an intent or event; returns the new desired state of the deployment, or null when it stays. */
export async function happen(
  world: Simulation,
  id: string,
  { intent }: Happening,
  { cutOff, replaceOne, clients }: { cutOff: Set<string>; replaceOne: () => Promise<void>; clients: SimulatedClients },
): Promise<Expected | null> {
  const { service, actor } = world;
  const machineId = (await world.read(id))?.machines.find((machine) => machine.machineId)?.machineId ?? null;
  try {
    switch (intent) {
      case 'stop':
        await service.stop(actor, id);
        return 'STOPPED';
      case 'start':
        await service.start(actor, id);
        return 'RUNNING';
      case 'restart':
        await service.restart(actor, id);
        return 'RUNNING';
      case 'redeploy':
        await service.redeploy(actor, { id });
        return 'RUNNING';
      case 'rollback':
        await service.rollback(actor, { id });
        return 'RUNNING';
      case 'delete':
        await service.delete(actor, id);
        return 'DELETED';
      case 'break':
        await service.updateCredentials(actor, { id, set: [{ name: 'EXIT_AT_START', value: '3' }], unset: [] });
        return 'RUNNING';
      case 'mend':
        await service.updateCredentials(actor, { id, set: [], unset: ['EXIT_AT_START'] });
        return 'RUNNING';
      case 'wake':
        await world.wake(id);
        return null;
      case 'use-sleep':
        await service.updateDeployment(actor, { id, sleepAfterMinutes: 1 });
        await world.skip(61_000);
        return null;
      case 'connect':
        await clients.connect(id);
        return null;
      case 'call':
        await clients.call(id);
        return null;
      case 'crash-machine':
        if (machineId) await world.local.chaos.crash(machineId);
        return null;
      case 'lose-machine':
        if (machineId) await world.client.delete(world.app(), machineId, { force: true });
        return null;
      case 'stall-machine':
        if (machineId) unlessForgotten(() => world.local.chaos.stall(machineId));
        return null;
      case 'throttle-machine':
        if (machineId) unlessForgotten(() => world.local.chaos.throttle(machineId, THROTTLED_MS_OF_80));
        return null;
      case 'proxy-errors':
        world.proxy.isFailing = true;
        await delay(world.time.realMs(PROXY_ERRORS_MS));
        world.proxy.isFailing = false;
        return null;
      case 'fail-over':
        await during(world, 'away', FAILOVER_MS);
        return null;
      case 'fill-disk':
        await during(world, 'full', FULL_MS);
        return null;
      case 'set-clock-back':
        world.time.set(-CLOCK_SET_MS);
        return null;
      case 'set-clock-ahead':
        world.time.set(CLOCK_SET_MS);
        return null;
      case 'replace-instance':
        await replaceOne();
        return null;
      case 'cut-off':
        if (machineId && reach(world, machineId, 'unreachable')) cutOff.add(machineId);
        return null;
    }
  } catch (error) {
    if (error instanceof UserError) return null; // for example, no release to roll back to
    if (isUnavailable(error)) return null; // a fault hit our own call to the Machines API
    throw error;
  }
}

async function during({ outage, time }: Simulation, state: 'away' | 'full', milliseconds: number): Promise<void> {
  outage.state = state;
  await delay(time.realMs(milliseconds));
  outage.state = 'up';
}

const isUnavailable = (error: unknown): boolean => error instanceof Error && error.name === 'MachinesError';

/** False when the API has already forgotten the machine. */
const unlessForgotten = (strike: () => void): boolean => {
  try {
    strike();
    return true;
  } catch {
    return false;
  }
};

export const reach = ({ local }: Simulation, machineId: string, status: 'ok' | 'unreachable'): boolean =>
  unlessForgotten(() => local.chaos.setHostStatus(machineId, status));
