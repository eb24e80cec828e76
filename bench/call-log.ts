/**
 * Measures the log of calls.
 *
 *   node bench/call-log.ts            the host with the log on and off, then the table of calls
 *   BENCH_ROWS=10000000               rows of the table (default 1,000,000); 0 leaves the table out
 *   BENCH_DATABASE=postgres           on PostgreSQL in place of the embedded database
 *   BENCH_SECONDS=2 BENCH_ROUNDS=15   seconds and pairs of rounds at the host; 0 seconds leave the host out
 *
 * A host records the calls that carry a label, so that on and off alternate at one host, in one run. Rounds are short and
 * many, and each is compared with its neighbor: other work on the computer then weighs on both. The processor time of the
 * host for a call depends on other work the least.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { startHost } from '#deploy/host/cli.ts';
import { CALLER_HEADER } from '#deploy/host/header-contract.ts';
import { callBody, callHeaders, modernBody, modernHeaders, openSession } from './bridge-client.ts';
import { measureRequests } from './bridge-load.ts';
import { measureTable } from './call-log-table.ts';
import { isInstalled } from './endpoint-contest.ts';
import { recordFigure, recordSkipped } from './figures.ts';

const ECHO = fileURLToPath(new URL('./bridge-echo.ts', import.meta.url));
const COLLECTOR = fileURLToPath(new URL('./call-collector.ts', import.meta.url));
const seconds = Number(process.env['BENCH_SECONDS'] ?? 2);
const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 15);
const ROWS = Number(process.env['BENCH_ROWS'] ?? 1_000_000);
const IN_FLIGHT = 16;
const WARM_UP_SECONDS = 2;

/** `cpuMicros`: processor time of this process, which is the host, for each call. */
type Round = { callsPerSecond: number; cpuMicros: number };

const median = (values: number[]): number => values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

/** Starts the collector; the result ends it and resolves to what it has seen. */
const collect = (origin: string): (() => Promise<{ recorded: number; lost: number }>) => {
  const collector = spawn(process.execPath, [COLLECTOR, origin], { stdio: ['pipe', 'pipe', 'inherit'] });
  const printed = text(collector.stdout);
  return async () => {
    collector.stdin.end();
    return JSON.parse(await printed) as { recorded: number; lost: number }; // the collector's own report
  };
};

const contest = async (era: 'legacy' | 'modern') => {
  const host = await startHost(
    { package: { runtime: 'command', command: 'node', args: [ECHO, era] }, args: [], env: {}, isolation: 'AUTO' },
    { port: 0, host: '127.0.0.1' },
  );
  const origin = `http://127.0.0.1:${host.port}`;
  const url = `${origin}/mcp`;
  const plain =
    era === 'legacy'
      ? { headers: callHeaders(await openSession(url)), body: callBody(-1) }
      : { headers: modernHeaders('echo'), body: modernBody(-1, 'echo') };
  const clients = { off: plain, on: { ...plain, headers: { ...plain.headers, [CALLER_HEADER]: 'public' } } };
  const stop = collect(origin);
  const measure = async (log: 'off' | 'on', inSeconds: number): Promise<Round> => {
    const before = process.cpuUsage();
    const load = await measureRequests({ url, ...clients[log], inFlight: IN_FLIGHT, seconds: inSeconds });
    const { user, system } = process.cpuUsage(before);
    if (load.errors > 0) throw new Error(`${load.errors} calls failed.`);
    return { callsPerSecond: load.callsPerSecond, cpuMicros: (user + system) / (load.callsPerSecond * inSeconds) };
  };
  for (const log of ['off', 'on'] as const) await measure(log, WARM_UP_SECONDS);
  const rounds: Record<'off' | 'on', Round[]> = { off: [], on: [] };
  for (let round = 0; round < ROUNDS; round += 1)
    for (const log of round % 2 === 0 ? (['off', 'on'] as const) : (['on', 'off'] as const))
      rounds[log].push(await measure(log, seconds));
  const { recorded, lost } = await stop();
  await host.close({ drainMs: 0 });
  const rate = median(rounds.off.map(({ callsPerSecond }) => callsPerSecond));
  const ratios = rounds.off.map((off, at) => (rounds.on[at]?.callsPerSecond ?? 0) / off.callsPerSecond);
  const cpu = (log: 'off' | 'on') => median(rounds[log].map(({ cpuMicros }) => cpuMicros));
  const ratio = median(ratios);
  console.log(
    `${era}: ${Math.round(rate)} calls/s without the log, × ${ratio.toFixed(3)} with it (median of ${ROUNDS} pairs); host ${cpu('off').toFixed(1)} µs of processor time a call, ${cpu('on').toFixed(1)} with it (× ${(cpu('off') / cpu('on')).toFixed(3)}); ${recorded} recorded, ${lost} lost; load ${(loadavg()[0] ?? 0).toFixed(1)}`,
  );
  recordFigure(`calls of a ${era} client with the log on, of those with it off`, ratio, '×', { atLeast: 0.97 });
  recordFigure(
    `processor time of the host with the log off, of that with it on (${era})`,
    cpu('off') / cpu('on'),
    '×',
    {
      atLeast: 0.97,
    },
  );
};

if (seconds > 0) {
  if (isInstalled('wrk', '-v')) {
    await contest('legacy');
    await contest('modern');
  } else recordSkipped('wrk cannot be found. apt-get install wrk');
}
if (ROWS === 0) process.exit();
const folder = await mkdtemp(path.join(tmpdir(), 'bench-calls-'));
try {
  await measureTable({
    kind: process.env['BENCH_DATABASE'] === 'postgres' ? 'postgres' : 'pglite',
    rows: ROWS,
    folder,
  });
} finally {
  await rm(folder, { recursive: true, force: true });
}
process.exit();
