import { spawn } from 'node:child_process';
import type { ChildCommand } from '../child/child-process.ts';
import type { ChildUser } from '../child/environment.ts';
import { createLineSplitter } from '../child/line-splitter.ts';
import { signalGroup } from '../child/process-group.ts';

/** Starts a command in a box that shows it the files of its tool. */
export type Confine = (command: ChildCommand, tools: readonly string[]) => ChildCommand;

export type ToolRun = {
  command: string;
  args: string[];
  cwd: string;
  env: Record<string, string>;
  user: ChildUser | null;
  /** Puts the tool into the machine's box; absent where there is none. */
  confine?: Confine | undefined;
  /** Files and folders of the tool itself. */
  needs?: string[];
  signal: AbortSignal;
  timeoutMs: number;
  onLine: (line: string) => void;
  /** Called about twice a second with the bytes the tool has written so far (Linux). */
  onWritten?: (bytes: number) => void;
  writtenBytes?: (pid: number) => number | null;
};

export type ToolResult = { code: number | null; timedOut: boolean; lines: string[]; error?: Error };

const LINES_KEPT = 200;
const PROGRESS_INTERVAL_MS = 500;

const decode = (line: string): string => Buffer.from(line, 'latin1').toString('utf8');

/** Runs npm, pip, uv or git in a process group of its own, with a time limit; never rejects. */
export const runTool = (run: ToolRun): Promise<ToolResult> =>
  new Promise((resolve) => {
    const lines: string[] = [];
    const onLine = (raw: string) => {
      const line = decode(raw);
      lines.push(line);
      if (lines.length > LINES_KEPT) lines.shift();
      run.onLine(line);
    };
    const { command, args, cwd, env, boxed } = run.confine?.(run, run.needs ?? []) ?? { ...run, boxed: false };
    const child = spawn(command, args, {
      cwd,
      env,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(boxed ? {} : run.user),
    });
    const { pid } = child;
    const end = () => {
      if (pid !== undefined) signalGroup(pid, 'SIGKILL');
    };
    let timedOut = false;
    const limit = setTimeout(() => {
      timedOut = true;
      end();
    }, run.timeoutMs);
    const progress = setInterval(() => {
      const bytes = pid === undefined ? null : (run.writtenBytes?.(pid) ?? null);
      if (bytes !== null) run.onWritten?.(bytes);
    }, PROGRESS_INTERVAL_MS);
    run.signal.addEventListener('abort', end, { once: true });
    if (run.signal.aborted) end();

    const splitters = [child.stdout, child.stderr].map((stream) => {
      const splitter = createLineSplitter({ onLine });
      stream.on('data', splitter.push);
      return splitter;
    });
    const finish = (result: ToolResult) => {
      clearTimeout(limit);
      clearInterval(progress);
      run.signal.removeEventListener('abort', end);
      resolve(result);
    };
    child.on('error', (error) => {
      if (pid === undefined) finish({ code: null, timedOut, lines, error });
    });
    child.on('close', (code) => {
      for (const splitter of splitters) splitter.end();
      finish({ code, timedOut, lines });
    });
  });
