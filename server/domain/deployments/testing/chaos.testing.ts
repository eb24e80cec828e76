import { setTimeout as delay } from 'node:timers/promises';
import { openClients } from './clients.testing.ts';
import { happen, reach } from './happen.testing.ts';
import { kill, type Life } from './killable.testing.ts';
import { type Expected, settled, strayMachines } from './problems.testing.ts';
import type { Random, Schedule } from './schedule.testing.ts';
import type { Simulation } from './simulation.testing.ts';

const INSTANCES = 2;

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
  /** Gives its work back, unless it dies while it does: a dead worker answers nothing any more. */
  const end = async (life: Life): Promise<void> => {
    await Promise.race([world.workers.get(life)?.close(), life.died]);
    kill(life);
  };
  return {
    start,
    /** One instance gives its work back and ends; another one starts. */
    replaceOne: async () => {
      const [life] = world.workers.keys();
      if (life) await end(life);
    },
    stopAll: async () => {
      open = false;
      await Promise.all([...world.workers.keys()].map(end));
    },
  };
}
