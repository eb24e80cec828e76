/** Shared parts of the endpoint benchmarks: servers in their own processes, load by wrk, and its cost. */
import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { z } from 'zod';

const readySchema = z.object({
  origin: z.string(),
  path: z.string(),
  token: z.string(),
  /** Figures of the serving processes. */
  pids: z.array(z.number()),
});
export type Contestant = z.infer<typeof readySchema>;

/** As `npm start` and the image run the server; the peers in Node get the same. */
const NODE_FLAGS = ['--max-semi-space-size=32'];

const children: ChildProcess[] = [];

/** Ends with the benchmark. */
export function keep(child: ChildProcess): ChildProcess {
  children.push(child);
  return child;
}

/** Ends them all; resolves when they are gone. */
export async function endAll(): Promise<void> {
  const running = children.filter((child) => child.exitCode === null && child.signalCode === null);
  const gone = running.map((child) => once(child, 'exit'));
  for (const child of running) child.kill();
  await Promise.all(gone);
}

export const isInstalled = (command: string, argument: string): boolean =>
  spawnSync(command, [argument], { stdio: 'ignore' }).error === undefined;

export async function startServer(kind: string, upstreamOrigin = '', ...more: string[]): Promise<Contestant> {
  const script = path.join(import.meta.dirname, 'endpoint-server.ts');
  const child = spawn(process.execPath, [...NODE_FLAGS, script, kind, upstreamOrigin, ...more], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  keep(child);
  for await (const line of createInterface({ input: child.stdout })) return readySchema.parse(JSON.parse(line));
  throw new Error(`The ${kind} server ended before it listened.`);
}

/** Nanoseconds of processor time that a process has used so far, all its threads; NaN where there is no /proc. */
async function cpuNanoseconds(pid: number): Promise<number> {
  try {
    const threads = await readdir(`/proc/${pid}/task`);
    const used = await Promise.all(threads.map((thread) => readFile(`/proc/${pid}/task/${thread}/schedstat`, 'utf8')));
    return used.reduce((sum, text) => sum + Number(text.split(' ')[0]), 0);
  } catch {
    return Number.NaN; // not Linux: the column stays empty
  }
}

const cpuOf = async (pids: readonly number[]): Promise<number> =>
  (await Promise.all(pids.map(cpuNanoseconds))).reduce((sum, one) => sum + one, 0);

export type Load = { perSecond: number; p50Ms: number; cpuMicros: number };

/** Posts tool calls for some seconds. `cpuMicros` is what each cost the contestant. */
export async function load({ origin, path: where, token, pids }: Contestant, connections: number, seconds: number) {
  const script = path.join(import.meta.dirname, 'endpoint-post.lua');
  const cpuBefore = await cpuOf(pids);
  const { stdout } = await promisify(execFile)(
    'wrk',
    ['-t1', `-c${connections}`, `-d${seconds}s`, '--latency', '-s', script, origin + where],
    { env: { ...process.env, TOKEN: token } },
  );
  const perSecond = Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)?.[1]);
  const [, value = '', unit = ''] = /50%\s+([\d.]+)(us|ms|s)/.exec(stdout) ?? [];
  const p50Ms = Number(value) * { us: 0.001, ms: 1, s: 1_000, '': Number.NaN }[unit as 'us' | 'ms' | 's' | '']; // as matched
  const bad = /Non-2xx or 3xx responses: (\d+)/.exec(stdout)?.[1] ?? /Socket errors: (.*)/.exec(stdout)?.[1];
  if (bad !== undefined || !Number.isFinite(perSecond)) {
    throw new Error(`The run at ${origin} went wrong: ${bad ?? stdout}`);
  }
  const total = Number(/(\d+) requests in/.exec(stdout)?.[1]);
  return { perSecond, p50Ms, cpuMicros: ((await cpuOf(pids)) - cpuBefore) / total / 1_000 } satisfies Load;
}

export const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
