/**
 * Measures the cost of the endpoint: requests per second and added latency against nginx and a bare proxy, in one run over the same
 * upstream. Wants `wrk` and `nginx`. Ratios matter, not the numbers: the load generator shares the cores.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Contestant, endAll, isInstalled, type Load, load, median, startServer } from './endpoint-contest.ts';
import { recordFigure, recordSkipped } from './figures.ts';
import { startNginx } from './nginx.ts';

const SECONDS = Number(process.env['BENCH_SECONDS'] ?? 5);
const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 3);
const CONNECTIONS = 32;
/** Until compilers have seen enough: a server in Node needs some 100,000 requests. */
const WARM_SECONDS = Number(process.env['BENCH_WARM_SECONDS'] ?? 8);
const IDLE_SECONDS = 2;

const NGINX = 'nginx, 1 worker';
const BARE = 'Express + undici stream, no checks';
const DIRECT = 'the upstream itself';
const FRONT = 'endpoint in front of Express';

type Result = { busy: Load[]; idle: Load[] };

async function main(folder: string): Promise<void> {
  const missing = [...(isInstalled('wrk', '-v') ? [] : ['wrk']), ...(isInstalled('nginx', '-v') ? [] : ['nginx'])];
  if (missing.length > 0) {
    recordSkipped(`install what is missing with: apt-get install ${missing.join(' ')}`);
    return;
  }
  const upstream = await startServer('upstream');
  const contestants: [string, Contestant][] = [
    [DIRECT, upstream],
    [NGINX, await startNginx(folder, upstream.origin)],
    [BARE, await startServer('bare', upstream.origin)],
    ['endpoint as an Express route', await startServer('express', upstream.origin)],
    [FRONT, await startServer('front', upstream.origin)],
  ];
  for (const [, contestant] of contestants) await load(contestant, CONNECTIONS, WARM_SECONDS);
  const results = new Map<string, Result>(contestants.map(([name]) => [name, { busy: [], idle: [] }]));
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [name, contestant] of contestants) {
      results.get(name)?.busy.push(await load(contestant, CONNECTIONS, SECONDS));
      results.get(name)?.idle.push(await load(contestant, 1, IDLE_SECONDS));
    }
  }
  print(results);
}

function print(results: ReadonlyMap<string, Result>): void {
  const perSecond = (name: string) => median(results.get(name)?.busy.map((one) => one.perSecond) ?? []);
  const p50Ms = (name: string) => median(results.get(name)?.idle.map((one) => one.p50Ms) ?? []);
  recordFigure('requests/s', perSecond(FRONT));
  recordFigure('× nginx', perSecond(FRONT) / perSecond(NGINX), '', { atLeast: 0.55 });
  recordFigure('× a bare proxy', perSecond(FRONT) / perSecond(BARE), '', { atLeast: 1 });
  recordFigure('added p50 at one connection', p50Ms(FRONT) - p50Ms(DIRECT), 'ms', { atMost: 0.25 });
  recordFigure('processor time a request', median(results.get(FRONT)?.busy.map((one) => one.cpuMicros) ?? []), 'µs');
  console.log(`\n${CONNECTIONS} connections, ${ROUNDS} rounds of ${SECONDS} s, Node ${process.version}; medians\n`);
  console.log('| | requests/s | × nginx | × bare | added p50 at 1 connection, ms | CPU per request, µs |');
  console.log('|---|---|---|---|---|---|');
  for (const [name, { busy }] of results) {
    const rate = perSecond(name);
    const cells = [
      name,
      Math.round(rate),
      (rate / perSecond(NGINX)).toFixed(2),
      (rate / perSecond(BARE)).toFixed(2),
      (p50Ms(name) - p50Ms(DIRECT)).toFixed(3),
      median(busy.map((one) => one.cpuMicros)).toFixed(1),
    ];
    console.log(`| ${cells.join(' | ')} |`);
  }
}

const folder = await mkdtemp(path.join(tmpdir(), 'catwalk-bench-'));
try {
  await main(folder);
} finally {
  await endAll();
  await rm(folder, { recursive: true, force: true });
}
