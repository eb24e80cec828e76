/**
 * Measures the memory that the host keeps: 100,000 calls, and 500 idle sessions with open streams. `node --expose-gc
 * bench/bridge-memory.ts`
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { startHost } from '#deploy/host/cli.ts';
import { callBody, callHeaders, openSession } from './bridge-client.ts';
import { measureCalls } from './bridge-load.ts';
import { isInstalled } from './endpoint-contest.ts';
import { recordFigure, recordSkipped } from './figures.ts';

const ECHO = fileURLToPath(new URL('./bridge-echo.ts', import.meta.url));
const SESSIONS = 500;
const CALLS = 100_000;
const MEGABYTE = 1024 * 1024;

if (!isInstalled('wrk', '-v')) {
  recordSkipped('wrk cannot be found. apt-get install wrk');
  process.exit();
}

const collect = globalThis.gc ?? (() => console.warn('Run with --expose-gc for exact figures.'));

const heapMb = (): number => {
  collect();
  collect();
  return process.memoryUsage().heapUsed / MEGABYTE;
};

const host = await startHost(
  { package: { runtime: 'command', command: 'node', args: [ECHO] }, args: [], env: {}, isolation: 'AUTO' },
  { port: 0, host: '127.0.0.1' },
);
const url = `http://127.0.0.1:${host.port}/mcp`;
const session = await openSession(url);

const load = (seconds: number) => measureCalls({ url, session, inFlight: 16, seconds });
await load(3);
const before = heapMb();
let calls = 0;
while (calls < CALLS) calls += (await load(3)).callsPerSecond * 3;
const after = heapMb();

const times: number[] = [];
for (let i = 0; i < 50; i += 1) {
  const from = performance.now();
  const response = await fetch(url, { method: 'POST', headers: callHeaders(session), body: callBody(i) });
  await response.text();
  times.push(performance.now() - from);
}

const idleBefore = heapMb();
const aborter = new AbortController();
// An unreferenced response is collected, and its stream closed.
const open: Response[] = [];
for (let i = 0; i < SESSIONS; i += 1) {
  const id = await openSession(url);
  open.push(await fetch(url, { headers: { ...callHeaders(id), accept: 'text/event-stream' }, signal: aborter.signal }));
}
const idleAfter = heapMb();
const { children, sessions, openStreams } = host.status();
const rss = /VmRSS:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
console.log(`${Math.round(calls)} calls: heap ${before.toFixed(1)} MB before, ${after.toFixed(1)} MB after`);
console.log(
  `${sessions} sessions, ${openStreams} of ${open.length} streams open, ${children.length} child: heap ${idleBefore.toFixed(1)} MB before, ${idleAfter.toFixed(1)} MB after (client side included), ${(((idleAfter - idleBefore) * 1024) / SESSIONS).toFixed(1)} kB a session; RSS ${Math.round(Number(rss) / 1024)} MB`,
);
recordFigure(`growth of the heap over ${Math.round(calls)} calls`, after - before, 'MB', { atMost: 1 });
recordFigure('a session with an open stream, its client included', ((idleAfter - idleBefore) * 1024) / SESSIONS, 'kB');
console.log(`one call from Node: p50 ${(times.sort((a, b) => a - b)[25] ?? 0).toFixed(2)} ms`);
aborter.abort();
await host.close({ drainMs: 0 });
