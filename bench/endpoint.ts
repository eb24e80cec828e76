/**
 * What the endpoint costs: requests per second and added latency against nginx and a bare proxy, in one run over the same
 * upstream. Wants `wrk` and `nginx`. Ratios matter, not the numbers: the load generator shares the cores.
 */
import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { z } from 'zod';

const SECONDS = Number(process.env['BENCH_SECONDS'] ?? 5);
const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 3);
const CONNECTIONS = 32;

const Ready = z.object({ origin: z.string(), path: z.string(), token: z.string() });
type Ready = z.infer<typeof Ready> & { pid: number };
type Contestant = { name: string; ready: Ready };

const children: ChildProcess[] = [];
const folder = await mkdtemp(path.join(tmpdir(), 'catwalk-bench-'));

const isInstalled = (command: string, argument: string): boolean =>
  spawnSync(command, [argument], { stdio: 'ignore' }).error === undefined;

async function startServer(kind: string, upstreamOrigin = '', ...more: string[]): Promise<Ready> {
  const child = spawn(
    process.execPath,
    [path.join(import.meta.dirname, 'endpoint-server.ts'), kind, upstreamOrigin, ...more],
    {
      stdio: ['pipe', 'pipe', 'inherit'],
    },
  );
  children.push(child);
  for await (const line of createInterface({ input: child.stdout })) {
    return { ...Ready.parse(JSON.parse(line)), pid: child.pid ?? 0 };
  }
  throw new Error(`The ${kind} server ended before it listened.`);
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('No port.');
  return address.port;
}

async function startNginx(upstreamOrigin: string): Promise<Ready> {
  const port = await freePort();
  const configuration = `
    worker_processes 1; daemon off; master_process on; pid ${folder}/nginx.pid; error_log ${folder}/error.log;
    events { worker_connections 4096; }
    http {
      access_log off;
      client_body_temp_path ${folder}/body; proxy_temp_path ${folder}/proxy; fastcgi_temp_path ${folder}/fastcgi;
      uwsgi_temp_path ${folder}/uwsgi; scgi_temp_path ${folder}/scgi;
      keepalive_requests 1000000;
      upstream host { server ${new URL(upstreamOrigin).host}; keepalive 64; keepalive_requests 1000000; }
      server {
        listen 127.0.0.1:${port};
        location /api/mcp/ { proxy_pass http://host/mcp; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_buffering off; }
      }
    }`;
  const file = path.join(folder, 'nginx.conf');
  await writeFile(file, configuration);
  const child = spawn('nginx', ['-c', file, '-p', folder], { stdio: 'inherit' });
  children.push(child);
  const ready = { origin: `http://127.0.0.1:${port}`, path: '/api/mcp/x', token: '', pid: child.pid ?? 0 };
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const answer = await fetch(ready.origin + ready.path, { method: 'POST', body: '{}' }).catch(() => null);
    if (answer?.ok) return ready;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('nginx did not start.');
}

const TICKS_PER_SECOND = 100;

/** Seconds of processor time a process and its children have used so far; NaN where there is no /proc. */
async function cpuSeconds(pid: number): Promise<number> {
  const own = async (id: string) => {
    const fields = (await readFile(`/proc/${id}/stat`, 'utf8')).replace(/^.*\) /, '').split(' ');
    return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
  };
  try {
    const below = (await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')).split(' ').filter(Boolean);
    const all = await Promise.all([String(pid), ...below].map(own));
    return all.reduce((sum, one) => sum + one, 0);
  } catch {
    return Number.NaN; // not Linux: the column stays empty
  }
}

async function load({ origin, path: where, token, pid }: Ready, connections: number, seconds: number) {
  const script = path.join(import.meta.dirname, 'endpoint-post.lua');
  const cpuBefore = await cpuSeconds(pid);
  const { stdout } = await promisify(execFile)(
    'wrk',
    ['-t1', `-c${connections}`, `-d${seconds}s`, '--latency', '-s', script, origin + where],
    { env: { ...process.env, TOKEN: token } },
  );
  const perSecond = Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)?.[1]);
  const [, value = '', unit = ''] = /50%\s+([\d.]+)(us|ms|s)/.exec(stdout) ?? [];
  const p50Ms = Number(value) * { us: 0.001, ms: 1, s: 1_000, '': Number.NaN }[unit as 'us' | 'ms' | 's' | '']; // as matched
  const bad = /Non-2xx or 3xx responses: (\d+)/.exec(stdout)?.[1] ?? /Socket errors: (.*)/.exec(stdout)?.[1];
  if (bad !== undefined || !Number.isFinite(perSecond))
    throw new Error(`The run at ${origin} went wrong: ${bad ?? stdout}`);
  const total = Number(/(\d+) requests in/.exec(stdout)?.[1]);
  return { perSecond, p50Ms, cpuMicros: (((await cpuSeconds(pid)) - cpuBefore) / total) * 1e6 };
}

const median = (values: number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

async function main(): Promise<void> {
  const missing = [...(isInstalled('wrk', '-v') ? [] : ['wrk']), ...(isInstalled('nginx', '-v') ? [] : ['nginx'])];
  if (missing.length > 0) {
    console.log(
      `Skipped: ${missing.join(' and ')} cannot be found. Install with: apt-get install ${missing.join(' ')}`,
    );
    return;
  }
  const upstream = await startServer('upstream');
  const contestants: Contestant[] = [
    { name: 'nginx, 1 worker', ready: await startNginx(upstream.origin) },
    { name: 'Express + undici stream, no checks', ready: await startServer('bare', upstream.origin) },
    { name: 'endpoint as an Express route', ready: await startServer('express', upstream.origin) },
    { name: 'endpoint in front of Express', ready: await startServer('front', upstream.origin) },
    { name: 'the same in 2 processes behind one port', ready: await startServer('workers', upstream.origin, '2') },
  ];
  const all = [{ name: 'the upstream itself', ready: upstream }, ...contestants];
  for (const { ready } of all) await load(ready, CONNECTIONS, 2); // warm

  const results = new Map<string, { perSecond: number[]; p50Ms: number[]; cpuMicros: number[] }>();
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const { name, ready } of all) {
      const result = results.get(name) ?? { perSecond: [], p50Ms: [], cpuMicros: [] };
      results.set(name, result);
      const busy = await load(ready, CONNECTIONS, SECONDS);
      result.perSecond.push(busy.perSecond);
      result.cpuMicros.push(busy.cpuMicros);
      result.p50Ms.push((await load(ready, 1, 2)).p50Ms);
    }
  }
  const of = (name: string) => {
    const result = results.get(name);
    return {
      perSecond: median(result?.perSecond ?? []),
      p50Ms: median(result?.p50Ms ?? []),
      cpuMicros: median(result?.cpuMicros ?? []),
    };
  };
  const nginx = of('nginx, 1 worker').perSecond;
  const bare = of('Express + undici stream, no checks').perSecond;
  const direct = of('the upstream itself').p50Ms;
  console.log(`\n${CONNECTIONS} connections, ${ROUNDS} rounds of ${SECONDS} s, Node ${process.version}; medians\n`);
  console.log(
    '| | requests/s | × nginx | × bare | added p50 at 1 connection, ms | CPU per request, µs |\n|---|---|---|---|---|---|',
  );
  for (const { name } of all) {
    const { perSecond, p50Ms, cpuMicros } = of(name);
    console.log(
      `| ${name} | ${Math.round(perSecond)} | ${(perSecond / nginx).toFixed(2)} | ${(perSecond / bare).toFixed(2)} | ${(p50Ms - direct).toFixed(3)} | ${cpuMicros.toFixed(1)} |`,
    );
  }
}

try {
  await main();
} finally {
  for (const child of children) child.kill();
  await rm(folder, { recursive: true, force: true });
}
