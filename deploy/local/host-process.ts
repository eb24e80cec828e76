import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:os';
import { Duplex } from 'node:stream';
import { z } from 'zod';
import { endProcesses } from '../host/child/end-processes.ts';
import { CONTROL_FD, type ControlMessage, type ControlReport } from '../host/contract.ts';
import { killTree, signalGroup } from './process-tree.ts';
import { readLines } from './read-lines.ts';

/** The period of Fly's quotas (superfly/docs, machines/cpu-performance). */
const QUOTA_PERIOD_MS = 80;

export type HostCommand = { command: string; args: string[] };

export type ProcessExit = { exitCode: number; oomKilled: boolean };

export type SpawnHost = {
  hostCommand: HostCommand;
  environment: Record<string, string>;
  workingDir: string;
  message: ControlMessage & { machineId: string };
  onPort: (port: number) => void;
  /** A line of the host's own stdout or stderr. Its server's output never comes this way. */
  onOutput: (line: string) => void;
};

const reportSchema = z.object({
  kind: z.literal('listening'),
  port: z.number().int().min(1).max(65_535),
}) satisfies z.ZodType<ControlReport>;

const parseReport = (line: string): ControlReport | null => {
  try {
    return reportSchema.safeParse(JSON.parse(line)).data ?? null;
  } catch {
    return null;
  }
};

const exitOf = (code: number | null, signal: NodeJS.Signals | null): number =>
  code ?? (signal === null ? 1 : 128 + constants.signals[signal]);

/**
 * While its host sleeps (SIGSTOP) a machine cannot notice that the backend died. This small shell can: its stdin
 * closes with the backend, it continues the host, and the host finds its control pipe closed and ends.
 */
const spawnWaker = (pid: number): ChildProcess =>
  spawn('/bin/sh', ['-c', 'while read -r _; do :; done; kill -s CONT -- "-$0"', String(pid)], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
    env: {},
  });

/** Children of a machine's host carry its id before the id of their own. */
const markOf = (machineId: string): string => `${machineId}.`;

/** One host process in a process group of its own. Throws when it cannot be started at all. */
export const spawnHost = (options: SpawnHost) => {
  const child = spawn(options.hostCommand.command, options.hostCommand.args, {
    cwd: options.workingDir,
    env: options.environment,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  let oomKilled = false;
  let waker: ChildProcess | null = null;
  const exited = new Promise<ProcessExit>((resolve) => {
    child.once('exit', (code, signal) => {
      waker?.stdin?.end();
      const exit = { exitCode: exitOf(code, signal), oomKilled };
      // A host that was killed leaves its children behind, and daemons of theirs.
      void endProcesses(markOf(options.message.machineId)).finally(() => resolve(exit));
    });
  });
  child.on('error', (error) => options.onOutput(`The host process: ${error.message}`));
  const { pid } = child;
  if (pid === undefined) throw new Error(`The host process could not be started: ${options.hostCommand.command}.`);

  for (const stream of [child.stdout, child.stderr]) {
    if (stream === null) continue;
    stream.on('error', (error) => options.onOutput(`Its output broke off: ${error.message}`));
    readLines(stream, options.onOutput);
  }

  const control = child.stdio[CONTROL_FD];
  if (!(control instanceof Duplex)) throw new Error('The control pipe is not open in both directions.');
  // A host that dies without having read everything resets the pipe: its exit tells the story.
  control.on('error', () => undefined);
  readLines(control, (line) => {
    const report = parseReport(line);
    if (report !== null) options.onPort(report.port);
  });
  control.write(`${JSON.stringify(options.message)}\n`);

  let pulse: NodeJS.Timeout | undefined;
  /** Lets the host run for a part of the time alone, as a processor quota does. Its children run on. */
  const throttle = (runMs: number | null): void => {
    clearInterval(pulse);
    if (waker === null) signalGroup(pid, 'SIGCONT');
    if (runMs === null) return;
    let ticks = 0;
    pulse = setInterval(() => {
      if (waker !== null) return; // it sleeps anyway
      ticks += 1;
      signalGroup(pid, ticks % Math.round(QUOTA_PERIOD_MS / runMs) === 0 ? 'SIGCONT' : 'SIGSTOP');
    }, runMs);
    pulse.unref();
  };
  void exited.then(() => clearInterval(pulse));

  const resume = (): void => {
    waker?.stdin?.end();
    waker = null;
    signalGroup(pid, 'SIGCONT');
  };

  return {
    pid,
    /** Resolves when the process is gone, with all that it and its children have started; never rejects. */
    exited,
    /** Freezes the host. Its children have groups of their own and idle on. */
    suspend: (): void => {
      if (waker !== null) return;
      waker = spawnWaker(pid);
      waker.on('error', (error) => options.onOutput(`The waker could not be started: ${error.message}`));
      waker.stdin?.on('error', () => undefined); // it ended by itself and is no longer needed
      signalGroup(pid, 'SIGSTOP');
    },
    resume,
    throttle,
    /** `signal`, and after `graceMs` the end of the whole tree. */
    terminate: async (signal: NodeJS.Signals, graceMs: number): Promise<ProcessExit> => {
      signalGroup(pid, signal);
      throttle(null);
      resume(); // a frozen process does not see its signal
      const timer = setTimeout(() => void killTree(pid), graceMs);
      try {
        return await exited;
      } finally {
        clearTimeout(timer);
        signalGroup(pid, 'SIGKILL'); // what its group left behind
      }
    },
    /** Ends it at once, as a failing machine would. */
    kill: async (cause: { oom: boolean }): Promise<void> => {
      oomKilled = cause.oom;
      throttle(null);
      resume();
      await killTree(pid);
    },
  };
};

export type HostProcess = ReturnType<typeof spawnHost>;
