import { setTimeout as delay } from 'node:timers/promises';
import { ERROR_CODES, UserError } from '#server/domain/errors.ts';
import { openClients, type SimulatedClients } from './clients.testing.ts';
import { kill, type Life } from './killable.testing.ts';
import type { Happening, Random, Schedule } from './schedule.testing.ts';
import type { SimulatedRow, Simulation } from './simulation.testing.ts';

/** On the deployments' own clock, which is slower on a slow computer. */
const SETTLE_MS = 30 * 60_000;
const INSTANCES = 2;
/** On the same clock: a failover takes some ten seconds, and a disk is full for longer. */
const FAILOVER_MS = 12_000;
const FULL_MS = 45_000;
const PROXY_ERRORS_MS = 15_000;
const THROTTLED_MS_OF_80 = 20;
const CLOCK_SET_MS = 20 * 60_000;

type Expected = 'RUNNING' | 'STOPPED' | 'DELETED';

/** Runs a schedule on new deployments, waits until everything is at rest, and returns the problems it finds then. */
export async function runSchedule(world: Simulation, schedule: Schedule, random: Random): Promise<string[]> {
  await world.pace();
  const deaths = [...schedule.deaths];
  const { start, replaceOne, stopAll } = createInstances(world, deaths);
  world.takeNewApp();
  for (const fault of schedule.faults) world.local.faults.add(fault);
  for (let count = 0; count < INSTANCES; count += 1) start();

  const ids: string[] = [];
  for (let count = 0; count < schedule.deployments; count += 1) {
    ids.push(await world.deploy({ sleepAfterMinutes: random.chance(0.3) ? 1 : null, access: 'PUBLIC' }));
  }
  const clients = await openClients(world);
  const expected = new Map(ids.map((id) => [id, 'RUNNING' as Expected]));
  const cutOff = new Set<string>();
  for (const happening of schedule.happenings) {
    await delay(world.time.realMs(happening.afterMs));
    const id = ids[happening.deployment] ?? '';
    const result = await happen(world, id, happening, { cutOff, replaceOne, clients });
    if (result !== null) expected.set(id, result);
  }

  world.local.faults.clear();
  const wasSetBack = schedule.happenings.some(({ intent }) => intent === 'set-clock-back');
  for (const machineId of cutOff) reach(world, machineId, 'ok');
  const problems: string[] = [];
  for (const id of ids) {
    const problem = await settled(world, id, expected.get(id) ?? 'RUNNING', wasSetBack);
    if (problem) problems.push(problem);
  }
  problems.push(...(await strayMachines(world)));
  const serving = await world.prisma.deployment.findMany({ where: { status: { in: ['RUNNING', 'ASLEEP'] } } });
  if (problems.length === 0) problems.push(...(await clients.problems(serving.map(({ id }) => id))));
  await clients.close();

  for (const id of ids) {
    if (expected.get(id) !== 'DELETED') await world.service.delete(world.actor, id);
  }
  for (const id of ids) await world.whenGone(id);
  problems.push(...(await strayMachines(world)));
  await stopAll();
  problems.push(...world.errors.splice(0).map((error) => `a worker failed: ${String(error)}`));
  return problems;
}

/** Two instances, each of which may die at one of its calls; a new one replaces a dead one. */
function createInstances(world: Simulation, deaths: Schedule['deaths']) {
  let open = true;
  const start = (): void => {
    const death = deaths.shift();
    let calls = 0;
    const dieAt: Life['dieAt'] = death ? (_call, when) => when === death.when && ++calls === death.atCall : null;
    world.startWorker(dieAt, () => {
      if (open) setImmediate(start);
    });
  };
  return {
    start,
    /** One instance gives its work back and ends; another one starts. */
    replaceOne: async () => {
      const [life] = world.workers.keys();
      if (!life) return;
      await world.workers.get(life)?.close();
      kill(life);
    },
    stopAll: async () => {
      open = false;
      await Promise.all([...world.workers.values()].map((worker) => worker.close()));
      for (const life of [...world.workers.keys()]) kill(life);
    },
  };
}

/** Carries out an intent or event; returns the new desired state of the deployment, or null when it stays. */
async function happen(
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
        world.time.skip(61_000);
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
        if (machineId) stall(world, machineId);
        return null;
      case 'throttle-machine':
        if (machineId) throttle(world, machineId, THROTTLED_MS_OF_80);
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
        world.time.skip(-CLOCK_SET_MS);
        return null;
      case 'set-clock-ahead':
        world.time.skip(CLOCK_SET_MS);
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

const reach = ({ local }: Simulation, machineId: string, status: 'ok' | 'unreachable'): boolean => {
  try {
    local.chaos.setHostStatus(machineId, status);
    return true;
  } catch {
    return false; // the API has already forgotten the machine
  }
};

const throttle = ({ local }: Simulation, machineId: string, runMs: number | null): void => {
  try {
    local.chaos.throttle(machineId, runMs);
  } catch {
    // the API has already forgotten the machine
  }
};

const stall = ({ local }: Simulation, machineId: string): void => {
  try {
    local.chaos.stall(machineId);
  } catch {
    // the API has already forgotten the machine
  }
};

/** The problem of a deployment after the schedule; null once it is in its desired state. */
async function settled(world: Simulation, id: string, expected: Expected, wasSetBack: boolean): Promise<string | null> {
  const deadline = world.time.now().getTime() + SETTLE_MS;
  for (;;) {
    const row = await world.read(id);
    const problem = await problemOf(world, row, expected, wasSetBack);
    if (problem === null) return null;
    if (world.time.now().getTime() > deadline) {
      const tail = row?.events.slice(-12).map(({ status, phase, message }) => `${status} ${phase} ${message}`);
      return `${id}: ${problem}\n    ${tail?.join('\n    ')}`;
    }
    await delay(20);
  }
}

async function problemOf(
  world: Simulation,
  row: SimulatedRow | null,
  expected: Expected,
  wasSetBack: boolean,
): Promise<string | null> {
  if (expected === 'DELETED') return row === null ? null : `is still there, ${row.status}`;
  if (row === null) return 'is lost';
  const history = historyProblem(row, wasSetBack);
  if (history) return history;
  const at = `${row.status} ${row.phase}, desired ${row.desired}, expected ${expected}`;
  if (row.desired !== expected || row.phase !== null) return at;
  const atRest = row.nextCheckAt === null && row.leaseOwner === null;
  switch (row.status) {
    case 'STOPPED':
      return expected === 'STOPPED' && atRest ? null : at;
    case 'FAILED': {
      if (expected !== 'RUNNING' || !atRest || row.machines.length > 0) return `${at}, at rest: ${atRest}`;
      const failure = row.failure as { code?: string; message?: string } | null; // written by the reconciler
      const isExplained = ERROR_CODES.some((code) => code === failure?.code) && Boolean(failure?.message);
      return isExplained ? null : `FAILED without a reason: ${JSON.stringify(row.failure)}`;
    }
    case 'ASLEEP': {
      const [machine] = row.machines;
      return expected === 'RUNNING' && atRest && row.machines.length === 1 && machine?.state !== 'started' ? null : at;
    }
    case 'RUNNING': {
      if (expected !== 'RUNNING' || row.healthFailures > 0 || row.restartGeneration !== null) return at;
      const serving = row.machines.filter(({ drainingAt }) => drainingAt === null);
      if (serving.length !== 1 || serving[0]?.releaseId !== row.currentReleaseId)
        return `${at}, ${serving.length} machines`;
      const machine = await world.client.find(world.app(), serving[0]?.machineId ?? '');
      return machine?.state === 'started' ? null : `${at}, but its machine is ${machine?.state ?? 'gone'}`;
    }
    default:
      return at;
  }
}

/** Events are in order and end with the status of the row. */
function historyProblem({ events, status, phase }: SimulatedRow, wasSetBack: boolean): string | null {
  const last = events.at(-1);
  if (!last || last.status !== status || last.phase !== phase) {
    return `the last event says ${last?.status} ${last?.phase}, the row ${status} ${phase}`;
  }
  for (const [index, event] of events.entries()) {
    const before = events[index - 1];
    if (!before) continue;
    if (event.at < before.at && !wasSetBack) return `event ${index} is older than the one before it`;
    if (before.status === 'DELETING' && event.status !== 'DELETING') return `${event.status} came after DELETING`;
    const wentLive = event.status === 'RUNNING' && before.status === 'DEPLOYING';
    if (wentLive && before.phase !== 'HANDSHAKE') return `it went live from ${before.phase}, without a handshake`;
  }
  return null;
}

/**
 * Machines without a row, and rows of running deployments without a machine. A machine that is lost while its deployment
 * sleeps or is stopped is replaced only when it is needed; a row loses its destroyed machine at the next observation.
 */
async function strayMachines(world: Simulation): Promise<string[]> {
  const listed = await world.listed();
  const rows = await world.prisma.machine.findMany({
    select: { machineId: true, name: true, destroyAt: true, deployment: { select: { status: true } } },
  });
  const known = new Set(rows.map(({ machineId }) => machineId));
  const present = new Set(listed.map(({ id }) => id));
  return [
    ...listed
      .filter(({ id, state }) => !known.has(id) && state !== 'destroying')
      .map(({ id, name, state }) => `machine ${id} (${name}, ${state}) is leaked`),
    ...rows
      .filter(({ deployment, destroyAt }) => deployment.status === 'RUNNING' && destroyAt === null)
      .filter(({ machineId }) => machineId !== null && !present.has(machineId))
      .map(({ name }) => `the machine of row ${name} is not there`),
  ];
}
