/**
 * Measures the log of calls.
 *
 *   node bench/call-log.ts            the host with the log on and off, then the table of calls
 *   BENCH_ROWS=10000000               rows of the table (default 1,000,000)
 *   BENCH_DATABASE=postgres           on PostgreSQL in place of the embedded database
 *   BENCH_SECONDS=8                   seconds of each round at the host; 0 leaves the host out
 *
 * A host records the calls that carry a label, so that on and off alternate at one host, in one run.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { startHost } from '#deploy/host/cli.ts';
import { CALLER_HEADER } from '#deploy/host/contract.ts';
import { callBody, callHeaders, modernBody, modernHeaders, openSession } from './bridge-client.ts';
import { type Load, measureRequests } from './bridge-load.ts';
import { measureTable } from './call-log-table.ts';
import { isInstalled } from './endpoint-contest.ts';
import { recordFigure, recordSkipped } from './figures.ts';

const ECHO = fileURLToPath(new URL('./bridge-echo.ts', import.meta.url));
const COLLECTOR = fileURLToPath(new URL('./call-collector.ts', import.meta.url));
const seconds = Number(process.env['BENCH_SECONDS'] ?? 8);
const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 5);
const ROWS = Number(process.env['BENCH_ROWS'] ?? 1_000_000);
const IN_FLIGHT = 16;

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
  const loads: Record<'off' | 'on', Load[]> = { off: [], on: [] };
  await measureRequests({ url, ...clients.on, inFlight: IN_FLIGHT, seconds: Math.min(seconds, 2) });
  for (let round = 0; round < ROUNDS; round += 1)
    for (const log of round % 2 === 0 ? (['off', 'on'] as const) : (['on', 'off'] as const))
      loads[log].push(await measureRequests({ url, ...clients[log], inFlight: IN_FLIGHT, seconds }));
  const { recorded, lost } = await stop();
  await host.close({ drainMs: 0 });
  const errors = [...loads.on, ...loads.off].reduce((sum, load) => sum + load.errors, 0);
  if (errors > 0) throw new Error(`${errors} calls failed.`);
  const rate = (log: 'off' | 'on') => median(loads[log].map(({ callsPerSecond }) => callsPerSecond));
  const ratio = rate('on') / rate('off');
  console.log(
    `${era}: ${Math.round(rate('off'))} calls/s without the log, ${Math.round(rate('on'))} with it (× ${ratio.toFixed(3)}); ${recorded} recorded, ${lost} lost`,
  );
  recordFigure(`calls of a ${era} client with the log on, of those with it off`, ratio, '×', { atLeast: 0.97 });
};

if (seconds > 0) {
  if (isInstalled('wrk', '-v')) {
    await contest('legacy');
    await contest('modern');
  } else recordSkipped('wrk cannot be found. apt-get install wrk');
}
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
