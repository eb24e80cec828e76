import { setTimeout as delay } from 'node:timers/promises';
import { inspect } from 'node:util';
import { ERROR_CODES } from '#server/domain/errors.ts';
import type { SimulatedRow, Simulation } from './simulation.testing.ts';

/** On the deployments' own clock, which is slower on a slow computer. */
const SETTLE_MS = 30 * 60_000;

/** The state that a deployment is to reach. */
export type Expected = 'RUNNING' | 'STOPPED' | 'DELETED';

/** The problem of a deployment after the schedule; null once it is in its desired state. */
export async function settled(
  world: Simulation,
  id: string,
  expected: Expected,
  wasSetBack: boolean,
): Promise<string | null> {
  const deadline = world.time.now().getTime() + SETTLE_MS;
  for (;;) {
    const row = await world.read(id);
    const problem = await problemOf(world, row, expected, wasSetBack);
    if (problem === null) return null;
    if (world.time.now().getTime() > deadline) {
      const tail = row?.events.slice(-12).map(({ status, phase, message }) => `${status} ${phase} ${message}`);
      return `${id}: ${problem}, at ${world.time.now().toISOString()} ${inspect(row, { depth: 2 })}\n    ${tail?.join('\n    ')}`;
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
export async function strayMachines(world: Simulation): Promise<string[]> {
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
