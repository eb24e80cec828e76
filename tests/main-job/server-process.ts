import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

const ROOT = path.resolve(import.meta.dirname, '../..');
const run = promisify(execFile);

export type ServerProcess = { url: string; signInUrl: string | null; kill(signal: NodeJS.Signals): Promise<void> };

/** On a free port, and with no registry to copy: a test must not depend on the one of the world. */
const QUIET = { NODE_ENV: '', PORT: '0', LOG_LEVEL: 'warn', MCP_REGISTRY_URL: 'http://127.0.0.1:9' };

/** Starts the product as `npm start` does, as a process of its own, and waits until it says that it is ready. */
export async function startServer(dataDir: string, variables: Record<string, string> = {}): Promise<ServerProcess> {
  const child: ChildProcess = spawn(process.execPath, ['server/main.ts'], {
    cwd: ROOT,
    env: { ...process.env, ...QUIET, CATWALK_DATA_DIR: dataDir, ...variables },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const lines = createInterface({ input: child.stdout ?? process.stdin });
  let url: string | null = null;
  for await (const line of lines) {
    url ??= /ready on (\S+)/.exec(line)?.[1] ?? null;
    const signInUrl = /(http\S+sign-in\S+)/.exec(line)?.[1];
    if (url && signInUrl) {
      return {
        url,
        signInUrl,
        kill: async (signal) => {
          child.kill(signal);
          await exited;
        },
      };
    }
  }
  throw new Error(`The server ended before it was ready (exit code ${child.exitCode}).`);
}

export const makeDataDir = (): Promise<string> => mkdtemp(path.join(tmpdir(), 'cw-main-'));
export const removeDataDir = (dataDir: string): Promise<void> => rm(dataDir, { recursive: true, force: true });

/** Runs `catwalk` with --json and gives what it printed. */
export async function catwalk(dataDir: string, args: string[]): Promise<unknown> {
  const { stdout } = await run(process.execPath, ['server/cli/catwalk.mjs', ...args, '--json'], {
    cwd: ROOT,
    env: { ...process.env, CATWALK_DATA_DIR: dataDir },
    timeout: 170_000,
    maxBuffer: 32 * 1024 * 1024,
  });
  return JSON.parse(stdout);
}

/** Command lines of the processes that carry a text (such as a data folder) in theirs. */
export async function findProcesses(text: string): Promise<string[]> {
  const ids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(
    ids.map((id) => readFile(`/proc/${id}/cmdline`, 'utf8').catch(() => '')), // it has ended already
  );
  return lines.map((line) => line.replaceAll('\0', ' ')).filter((line) => line.includes(text));
}
