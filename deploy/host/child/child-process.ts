import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { type OomCounter, watchOom } from '../box/oom-counter.ts';
import { exitOfBoxed, signalInside } from './boxed-process.ts';
import { descendantsOf, endProcesses } from './end-processes.ts';
import type { ChildUser } from './environment.ts';
import { createLineSplitter, type LongLine } from './line-splitter.ts';
import { signalGroup } from './process-group.ts';
import { PROCESS_MARK, type ProcessRow } from './process-table.ts';

export type ChildCommand = {
  command: string;
  args: string[];
  cwd: string;
  env: Record<string, string>;
  /** It starts a box (box/box.ts), which takes its user and passes on how the program in it ended. */
  boxed?: boolean;
};

export type SpawnOptions = {
  /** Names this child among all processes: it and everything that it starts carry the name in their environment. */
  mark: string;
  user?: ChildUser | null;
  /** Lines of stdout above this are dropped and reported (line-splitter.ts). */
  lineBytesMax?: number;
  oomKills?: OomCounter;
};

export type ChildExit = {
  code: number | null;
  signal: NodeJS.Signals | null;
  requested: boolean;
  /** The kernel ended a process for want of memory while the child ran. */
  outOfMemory?: boolean;
  error?: Error;
};

export type ChildEvents = {
  /** A line of stdout, as latin1 text. */
  onLine(line: string): void;
  /** A line of stdout above the limit. */
  onLongLine(line: LongLine): void;
  onStderr(line: string): void;
  /** Called once, after the last line. */
  onExit(exit: ChildExit): void;
};

export type ChildHandle = {
  readonly pid: number | null;
  readonly exited: Promise<ChildExit>;
  /** Bytes that the child has not read yet. */
  readonly bufferedBytes: number;
  /** Sends one message (latin1, on one line); what is sent in one turn of the event loop is written at once. */
  send(message: string): void;
  /**
   * Closes stdin, then sends SIGTERM and SIGKILL to the whole group. Resolves when the child has ended, with all that it
   * has started: processes that left its group or session too (on Linux).
   */
  stop(): Promise<void>;
};

const STDIN_GRACE_MS = 500;
const SIGTERM_GRACE_MS = 2_500;

const decodeUtf8 = (latin1: string): string => Buffer.from(latin1, 'latin1').toString('utf8');

const start = (command: ChildCommand, { mark, user }: SpawnOptions): ChildProcessWithoutNullStreams =>
  spawn(command.command, command.args, {
    cwd: command.cwd,
    env: { ...command.env, [PROCESS_MARK]: mark },
    // A group of its own: grandchildren (npx, sh, browsers) end with it.
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
    ...(command.boxed ? {} : user),
  });

/** Starts one server. Failing to start is an exit like any other. */
export const spawnChild = (command: ChildCommand, events: ChildEvents, options: SpawnOptions): ChildHandle => {
  const child = start(command, options);
  const pid = child.pid ?? null;
  const wasKilled = watchOom(options.oomKills ?? (() => null));
  let requested = false;
  let ended = false;
  let outbox = '';
  let flushing = false;
  let spawnError: Error | undefined;
  /** Processes below the child, looked up while it lived: afterwards their descent is lost. */
  let descendants: ProcessRow[] = [];
  const { promise: exited, resolve: onExited } = Promise.withResolvers<ChildExit>();

  const stdout = createLineSplitter({
    onLine: events.onLine,
    onLongLine: events.onLongLine,
    ...(options.lineBytesMax === undefined ? {} : { bytesMax: options.lineBytesMax }),
  });
  const stderr = createLineSplitter({ onLine: (line) => events.onStderr(decodeUtf8(line)) });
  child.stdout.on('data', stdout.push);
  child.stderr.on('data', stderr.push);

  // A child that went away makes writes fail (EPIPE); its exit says everything, so these only must not be thrown.
  for (const stream of [child.stdin, child.stdout, child.stderr]) stream.on('error', () => {});

  const finish = (code: number | null, signal: NodeJS.Signals | null) => {
    if (ended) return;
    ended = true;
    stdout.end();
    stderr.end();
    // Processes that are left in its group would hold memory, ports and the pipes.
    if (pid !== null) signalGroup(pid, 'SIGKILL');
    const exit: ChildExit = {
      ...(command.boxed ? exitOfBoxed(code, signal) : { code, signal }),
      requested,
      ...(wasKilled() ? { outOfMemory: true } : {}),
      ...(spawnError === undefined ? {} : { error: spawnError }),
    };
    events.onExit(exit);
    if (pid === null) onExited(exit);
    else void endProcesses(options.mark, descendants).finally(() => onExited(exit));
  };
  child.on('error', (error) => {
    spawnError = error;
    if (pid === null) finish(null, null);
  });
  child.on('close', finish);
  // 'close' waits for the pipes, which a grandchild may hold open for ever: give it a moment to drain, then end the group.
  child.on('exit', (code, signal) => {
    const drained = setTimeout(() => {
      if (pid !== null) signalGroup(pid, 'SIGKILL');
      finish(code, signal);
    }, STDIN_GRACE_MS);
    child.once('close', () => clearTimeout(drained));
  });

  const flush = () => {
    flushing = false;
    const batch = outbox;
    outbox = '';
    if (!ended && child.stdin.writable) child.stdin.write(batch, 'latin1');
  };

  return {
    pid,
    exited,
    get bufferedBytes() {
      return child.stdin.writableLength + outbox.length;
    },
    send(message) {
      outbox += `${message}\n`;
      if (flushing) return;
      flushing = true;
      setImmediate(flush);
    },
    async stop() {
      if (pid === null) return;
      if (ended) {
        await exited;
        return;
      }
      requested = true;
      descendants = descendantsOf(pid);
      if (outbox !== '') flush();
      child.stdin.end();
      const terminate = setTimeout(() => {
        if (command.boxed) signalInside(pid, 'SIGTERM');
        else signalGroup(pid, 'SIGTERM');
      }, STDIN_GRACE_MS);
      const kill = setTimeout(() => signalGroup(pid, 'SIGKILL'), STDIN_GRACE_MS + SIGTERM_GRACE_MS);
      await exited;
      clearTimeout(terminate);
      clearTimeout(kill);
    },
  };
};
