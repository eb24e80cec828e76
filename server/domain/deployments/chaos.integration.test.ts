import { inspect } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runSchedule } from './chaos.testing.ts';
import { createRandom, scheduleOf } from './schedule.testing.ts';
import { openSimulation, type Simulation } from './simulation.testing.ts';

/** `CATWALK_SEEDS` says how many, `CATWALK_SEED` which is the first. By default some that are others each day. */
const SEEDS_DEFAULT = 40;
const SEED_MS_MAX = 60_000;
const one = process.env['CATWALK_SEED'];
const count = Number(process.env['CATWALK_SEEDS'] ?? (one === undefined ? SEEDS_DEFAULT : 1));
const first = one === undefined ? Math.floor(Date.now() / 86_400_000) * 1_000 : Number(one);
const seeds = Array.from({ length: count }, (_, index) => first + index);

let world: Simulation;
beforeAll(async () => {
  world = await openSimulation({ speed: 60 });
});
afterAll(() => world.close());

it.each(seeds)(
  'whatever fails, nothing is leaked or lost, and everything is where it is wanted or says why: seed %i',
  async (seed) => {
    const random = createRandom(seed);
    const schedule = scheduleOf(random);
    const problems = await runSchedule(world, schedule, random);
    const report = `seed ${seed} (CATWALK_SEED=${seed} repeats it): ${inspect(schedule, { depth: 6 })}`;
    expect(problems, report).toEqual([]);
  },
  SEED_MS_MAX,
);
