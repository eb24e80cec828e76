import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { callBody, callHeaders } from './bridge-client.ts';

export type Load = { callsPerSecond: number; p50Ms: number; p99Ms: number; errors: number };

const quote = (text: string): string => JSON.stringify(text);

/** A POST whose body has -1 in place of its id. */
export type Post = { url: string; headers: Record<string, string>; body: string };

const script = ({ headers, body }: Post): string =>
  [
    'wrk.method = "POST"',
    ...Object.entries(headers).map(([name, value]) => `wrk.headers[${quote(name)}] = ${quote(value)}`),
    // Every request has an id of its own: a bridge must not be spared telling calls apart.
    'local id = 0',
    'function init(args) math.randomseed(os.time()) end',
    `local body = ${quote(body)}`,
    'function request() id = id + 1; return wrk.format(nil, nil, nil, (body:gsub("%-1", id))) end',
    'function done(summary, latency)',
    '  local e = summary.errors',
    '  io.write(string.format("RESULT %f %f %f %d\\n", summary.requests / summary.duration * 1e6,',
    '    latency:percentile(50) / 1e3, latency:percentile(99) / 1e3, e.connect + e.read + e.write + e.status + e.timeout))',
    'end',
  ].join('\n');

/** Calls the echo tool of one session with wrk, `inFlight` at a time. */
export const measureCalls = (options: { url: string; session: string; inFlight: number; seconds: number }) =>
  measureRequests({ ...options, headers: callHeaders(options.session), body: callBody(-1) });

/** Sends the same request with wrk, under other ids, `inFlight` at a time. */
export const measureRequests = async (options: Post & { inFlight: number; seconds: number }): Promise<Load> => {
  const folder = await mkdtemp(join(tmpdir(), 'bench-'));
  try {
    const file = join(folder, 'calls.lua');
    await writeFile(file, script(options));
    const output = await new Promise<string>((resolve, reject) => {
      const wrk = spawn('wrk', ['-t1', `-c${options.inFlight}`, `-d${options.seconds}s`, '-s', file, options.url], {
        stdio: ['ignore', 'pipe', 'inherit'],
        timeout: (options.seconds + 20) * 1_000,
      });
      let text = '';
      wrk.stdout.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      wrk.on('error', reject);
      wrk.on('close', () => resolve(text));
    });
    const match = /RESULT (\S+) (\S+) (\S+) (\d+)/.exec(output);
    if (!match) throw new Error(`wrk gave no result:\n${output}`);
    const [callsPerSecond = 0, p50Ms = 0, p99Ms = 0, errors = 0] = match.slice(1).map(Number);
    return { callsPerSecond, p50Ms, p99Ms, errors };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};
