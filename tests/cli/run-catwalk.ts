import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

const LAUNCHER = fileURLToPath(new URL('../../server/cli/catwalk.mjs', import.meta.url));

export type Ended = { code: number | null; signal: NodeJS.Signals | null; stdout: string; stderr: string };

export type Running = {
  process: ChildProcess;
  stdout(): string;
  stderr(): string;
  /** Resolves when what was written so far satisfies the condition; rejects when the process ends first. */
  until(condition: (run: { stdout: string; stderr: string }) => boolean): Promise<void>;
  ended: Promise<Ended>;
};

export type RunOptions = { env?: NodeJS.ProcessEnv; cwd?: string; node?: string; input?: string };

/** Variables of the test run that would change what the command does. */
const OWN = /^(CATWALK_|XDG_CONFIG_HOME$|NO_COLOR$|FORCE_COLOR$|NODE_OPTIONS$|npm_)/;

const environment = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv => ({
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !OWN.test(name))),
  ...env,
});

/** Starts the real launcher, as `npx catwalk` does. It ends with its test at the latest. */
export function startCatwalk(words: string[], options: RunOptions = {}): Running {
  const child = spawn(options.node ?? process.execPath, [LAUNCHER, ...words], {
    cwd: options.cwd ?? process.cwd(),
    env: environment(options.env ?? {}),
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  child.stdin.on('error', () => {}); // a command that reads nothing may end before this is written
  child.stdin.end(options.input ?? '');
  onTestFinished(() => void child.kill('SIGKILL'));
  const written = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      written[name] += text;
      child.emit('written');
    });
  }
  const ended = once(child, 'close').then(([code, signal]): Ended => ({ code, signal, ...written }));
  return {
    process: child,
    stdout: () => written.stdout,
    stderr: () => written.stderr,
    ended,
    until: (condition) =>
      new Promise((resolve, reject) => {
        const look = () => {
          if (condition(written)) resolve();
        };
        child.on('written', look);
        look();
        void ended.then((end) => reject(new Error(`It ended first: ${JSON.stringify(end)}`)));
      }),
  };
}

export const catwalk = (words: string[], options: RunOptions = {}): Promise<Ended> =>
  startCatwalk(words, options).ended;
