import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

export type Output = { code: number | null; text: string; timedOut: boolean };

const OUTPUT_CHARACTERS_MAX = 200_000;

/** The variables of a client program: a home of its own, and nothing of this computer's. */
export const cleanEnvironment = (home: string, variables: Record<string, string> = {}): Record<string, string> => ({
  PATH: process.env['PATH'] ?? '',
  HOME: home,
  LANG: 'C.UTF-8',
  NO_COLOR: '1',
  CI: '1',
  BROWSER: 'true', // a program that opens a browser opens none
  ...variables,
});

/** Ends a process with everything that it started; it leads a group of its own. */
export function endGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // the group has ended
  }
}

export type RunOptions = {
  cwd: string;
  env: Record<string, string>;
  limitMs: number;
  /** Gets all text so far, as it comes. */
  onText?: (text: string) => void;
  /** Ends the program early. */
  signal?: AbortSignal;
};

/** Runs a program to its end or to the limit, and gives all that it prints. */
export async function runProgram(words: string[], options: RunOptions): Promise<Output> {
  const [command = '', ...args] = words;
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: options.env,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      text = `${text}${chunk}`.slice(-OUTPUT_CHARACTERS_MAX);
      options.onText?.(text);
    });
  }
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    endGroup(child);
  }, options.limitMs);
  options.signal?.addEventListener('abort', () => endGroup(child), { once: true });
  try {
    const [code] = await once(child, 'close');
    return { code, text, timedOut };
  } catch (error) {
    return { code: null, text: error instanceof Error ? error.message : String(error), timedOut };
  } finally {
    clearTimeout(timer);
    endGroup(child);
  }
}
