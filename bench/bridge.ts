/**
 * The bridge against the two best-known others: the same echo child, the same Node, the same load, one run.
 * `node bench/bridge.ts [seconds]`
 */
import { readFileSync } from 'node:fs';
import { openSession } from './bridge-client.ts';
import { type Load, measureCalls } from './bridge-load.ts';
import { type Target, targets } from './bridge-targets.ts';
import { isInstalled } from './endpoint-contest.ts';
import { recordFigure, recordSkipped } from './figures.ts';

const seconds = Number(process.argv[2] ?? process.env['BENCH_SECONDS'] ?? 5);
const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 3);
const WARM_UP_SECONDS = 2;
const SESSIONS = 20;
/** The kernel counts processor time in ticks of 10 ms. */
const TICK_MICROSECONDS = 10_000;

if (!isInstalled('wrk', '-v')) {
  recordSkipped('wrk cannot be found. apt-get install wrk');
  process.exit();
}

type Round = { many: Load; one: Load; openMs: number; cpuMicroseconds: number };

const median = (values: number[]): number => values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

/** Processor time of the bridge alone, without its child: says something on a busy computer too. */
const cpuMicroseconds = (pid: number): number => {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_MICROSECONDS;
};

const measureOpening = async (url: string): Promise<number> => {
  const times: number[] = [];
  for (let i = 0; i < SESSIONS; i += 1) {
    const from = performance.now();
    await openSession(url);
    times.push(performance.now() - from);
  }
  return median(times);
};

const measure = async ({ url, pid }: Target): Promise<Round> => {
  const session = await openSession(url);
  const load = (inFlight: number, duration: number) => measureCalls({ url, session, inFlight, seconds: duration });
  await load(16, WARM_UP_SECONDS);
  const before = cpuMicroseconds(pid);
  const many = await load(16, seconds);
  const cpu = cpuMicroseconds(pid) - before;
  const one = await load(1, seconds);
  return { many, one, openMs: await measureOpening(url), cpuMicroseconds: cpu / (many.callsPerSecond * seconds) };
};

// Rounds in turn, so that whatever else the computer does falls on all of them alike.
const rounds = new Map<string, Round[]>(targets.map(({ name }) => [name, []]));
for (let round = 0; round < ROUNDS; round += 1)
  for (const candidate of targets) {
    const target = await candidate.start();
    try {
      rounds.get(candidate.name)?.push(await measure(target));
    } finally {
      await target.stop();
    }
  }

const rows = [...rounds].map(([name, measured]) => ({
  name,
  calls: median(measured.map(({ many }) => many.callsPerSecond)),
  p50: median(measured.map(({ many }) => many.p50Ms)),
  single: median(measured.map(({ one }) => one.callsPerSecond)),
  singleP50: median(measured.map(({ one }) => one.p50Ms)),
  cpu: median(measured.map((round) => round.cpuMicroseconds)),
  openMs: median(measured.map(({ openMs }) => openMs)),
  errors: measured.reduce((sum, { many, one }) => sum + many.errors + one.errors, 0),
}));
const [ours] = rows;

console.log(`Median of ${ROUNDS} rounds; tools/call on an echo child, one session, load by wrk.`);
console.log(
  '| bridge | 16 in flight, calls/s | p50 ms | bridge CPU µs a call | 1 in flight, calls/s | p50 ms | new child and session ms | errors | ours: calls/s | ours: CPU |',
);
console.log('|---|---|---|---|---|---|---|---|---|---|');
for (const row of rows) {
  const times = (ratio: number) => `${ratio.toFixed(2)}×`;
  const cells = [
    row.name,
    Math.round(row.calls),
    row.p50.toFixed(2),
    row.cpu.toFixed(0),
    Math.round(row.single),
    row.singleP50.toFixed(3),
    row.openMs.toFixed(1),
    row.errors,
    times((ours?.calls ?? 0) / row.calls),
    times(row.cpu / (ours?.cpu ?? 1)),
  ];
  console.log(`| ${cells.join(' | ')} |`);
}

const [, supergateway, mcpProxy] = rows;
recordFigure('calls/s, 16 in flight', ours?.calls ?? Number.NaN);
recordFigure('× supergateway, 16 in flight', (ours?.calls ?? 0) / (supergateway?.calls ?? 0), '', { atLeast: 3 });
recordFigure('× mcp-proxy, 16 in flight', (ours?.calls ?? 0) / (mcpProxy?.calls ?? 0), '', { atLeast: 3.5 });
const bestP50 = Math.min(supergateway?.singleP50 ?? Number.NaN, mcpProxy?.singleP50 ?? Number.NaN);
recordFigure('p50 with one in flight, × the better of both', (ours?.singleP50 ?? Number.NaN) / bestP50, '', {
  atMost: 0.6,
});
recordFigure('processor time a call', ours?.cpu ?? Number.NaN, 'µs');
