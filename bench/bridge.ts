/**
 * The bridge against the two best-known others: the same echo child, the same Node, the same load, one run.
 * `node bench/bridge.ts [seconds]`
 */
import { openSession } from './bridge-client.ts';
import { type Load, measureCalls } from './bridge-load.ts';
import { type Target, targets } from './bridge-targets.ts';

const seconds = Number(process.argv[2] ?? 5);
const WARM_UP_SECONDS = 2;
const SESSIONS = 20;

type Row = { name: string; many: Load; one: Load; openMs: number };

const median = (values: number[]): number => values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

const measureOpening = async (url: string): Promise<number> => {
  const times: number[] = [];
  for (let i = 0; i < SESSIONS; i += 1) {
    const from = performance.now();
    await openSession(url);
    times.push(performance.now() - from);
  }
  return median(times);
};

const measure = async (target: Target): Promise<Row> => {
  const session = await openSession(target.url);
  const load = (inFlight: number, duration: number) =>
    measureCalls({ url: target.url, session, inFlight, seconds: duration });
  await load(16, WARM_UP_SECONDS);
  const many = await load(16, seconds);
  const one = await load(1, seconds);
  return { name: target.name, many, one, openMs: await measureOpening(target.url) };
};

const rows: Row[] = [];
for (const candidate of targets) {
  const target = await candidate.start();
  try {
    rows.push(await measure(target));
  } finally {
    await target.stop();
  }
}

const ours = rows[0];
console.log(
  '| bridge | 16 in flight, calls/s | p50 ms | p99 ms | 1 in flight, calls/s | p50 ms | open a session, ms | errors | ours is faster by |',
);
console.log('|---|---|---|---|---|---|---|---|---|');
for (const { name, many, one, openMs } of rows) {
  const ratio = ours ? ours.many.callsPerSecond / many.callsPerSecond : 1;
  console.log(
    `| ${[
      name,
      Math.round(many.callsPerSecond),
      many.p50Ms.toFixed(2),
      many.p99Ms.toFixed(2),
      Math.round(one.callsPerSecond),
      one.p50Ms.toFixed(3),
      openMs.toFixed(1),
      many.errors + one.errors,
      `${ratio.toFixed(2)}×`,
    ].join(' | ')} |`,
  );
}
