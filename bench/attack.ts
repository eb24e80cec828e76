/**
 * How late the event loop of a server is, and how much more memory it holds, while strangers send it what the suite of
 * tests/attack/ sends. The attacker is this process, the server another one. The first requests warm the server up.
 *
 *   npm run bench:attack
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { barrage } from '../tests/attack/barrage.ts';
import { recordFigure } from './figures.ts';

const COUNT = Number(process.env['BENCH_CALLS'] ?? 10_000);
const WARM_UP = 2_000;
const SEED = 23;

type Start = { port: number };
type Before = { rssMb: number };
type After = { p99Ms: number; maxMs: number; rssMb: number };

const server = fork(path.join(import.meta.dirname, 'attack-server.ts'), { execArgv: ['--expose-gc'] });
const answer = async <Answer>(request?: 'begin' | 'end'): Promise<Answer> => {
  const message = once(server, 'message');
  if (request) server.send(request);
  const [given] = await message;
  return given as Answer; // attack-server.ts sends it
};

const { port } = await answer<Start>();
await barrage(port, { seed: SEED, count: WARM_UP });
const before = await answer<Before>('begin');
const startedAt = performance.now();
const { faults, statuses } = await barrage(port, { seed: SEED + 1, count: COUNT });
const seconds = (performance.now() - startedAt) / 1_000;
const after = await answer<After>('end');

console.table(Object.fromEntries([...statuses].sort()));
console.log(
  `${COUNT} requests in ${seconds.toFixed(0)} s; event loop late: p99 ${after.p99Ms.toFixed(0)} ms, ` +
    `most ${after.maxMs.toFixed(0)} ms; memory ${before.rssMb.toFixed(0)} → ${after.rssMb.toFixed(0)} MB.`,
);
for (const fault of faults) console.log(`fault: ${fault}`);
recordFigure('event loop under attack, p99', after.p99Ms, 'ms', { atMost: 100 });
recordFigure('growth of the server under attack', after.rssMb - before.rssMb, 'MB', { atMost: 64 });
recordFigure('faults under attack', faults.length, '', { atMost: 0 });
server.send('close');
await once(server, 'exit');
