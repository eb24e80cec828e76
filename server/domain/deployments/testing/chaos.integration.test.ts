import { inspect } from 'node:util';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { runSchedule } from './chaos.testing.ts';
import { createRandom, scheduleOf } from './schedule.testing.ts';
import { openSimulation, type Simulation } from './simulation.testing.ts';

/** `CATWALK_SEEDS` is the number of seeds, `CATWALK_SEED` the first one. The default seeds change every day. */
const SEEDS_DEFAULT = 50;
/** Most of this time may be spent waiting for a world; longer than all waits of a schedule, which give a report. */
const SEED_MS_MAX = 400_000;
const one = process.env['CATWALK_SEED'];
const count = Number(process.env['CATWALK_SEEDS'] ?? (one === undefined ? SEEDS_DEFAULT : 1));
const first = one === undefined ? Math.floor(Date.now() / 86_400_000) * 1_000 : Number(one);
const seeds = Array.from({ length: count }, (_, index) => first + index);

/**
 * Schedules mostly wait. Each world has its own database, Machines API and clock, and runs one schedule at a time;
 * `CATWALK_WORLDS` is their number.
 */
const WORLDS = Number(process.env['CATWALK_WORLDS'] ?? 2);
const idle: Simulation[] = [];
const waiting: ((world: Simulation) => void)[] = [];
const take = async (): Promise<Simulation> => idle.pop() ?? new Promise((resolve) => waiting.push(resolve));
const giveBack = (world: Simulation): void => {
  const next = waiting.shift();
  if (next) next(world);
  else idle.push(world);
};

let worlds: Simulation[] = [];
beforeAll(async () => {
  worlds = await Promise.all(Array.from({ length: Math.min(WORLDS, count) }, () => openSimulation({ speed: 60 })));
  idle.push(...worlds);
}, SEED_MS_MAX);
afterAll(() => Promise.all(worlds.map((world) => world.close())));

// A test that waits for a world is no test that hangs: no more are begun than there are worlds.
vi.setConfig({ maxConcurrency: WORLDS });

it.concurrent.each(seeds)(
  'leaks and loses nothing, and leads every deployment to its desired state or a failure with a reason: seed %i',
  async (seed) => {
    const random = createRandom(seed);
    const schedule = scheduleOf(random);
    const world = await take();
    const problems = await runSchedule(world, schedule, random).finally(() => giveBack(world));
    const report = `seed ${seed} (CATWALK_SEED=${seed} repeats it): ${inspect(schedule, { depth: 6 })}`;
    expect(problems, report).toEqual([]);
  },
  SEED_MS_MAX,
);
