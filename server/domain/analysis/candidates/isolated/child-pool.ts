import type { ChildProcess } from 'node:child_process';
import { type Child, createChild } from './child.ts';
import type { Task } from './messages.ts';
import { TaskError } from './task-error.ts';

export type ChildPoolOptions = {
  launch: () => ChildProcess;
  childrenMax: number;
  /** A child that runs one task for longer is ended. */
  taskMsMax: number;
  /** A child without work for so long is ended: an idle server pays for none. */
  idleMsMax: number;
};

export interface ChildPool {
  /** Starts a child ahead of the task that will need it. */
  warmUp(): void;
  /** @throws TaskError; the signal's reason when it fires. */
  run(task: Task, signal: AbortSignal): Promise<unknown>;
  /** Ends all children; open and waiting tasks fail. */
  close(): Promise<void>;
}

type Waiting = { enter: (child: Child) => void; fail: (reason: unknown) => void };

/**
 * Processes for work that may never end or may take all memory. Children start when they are needed. A child that dies
 * fails its own task alone, and the next task gets a new child.
 */
export function createChildPool(options: ChildPoolOptions): ChildPool {
  const { launch, childrenMax, taskMsMax, idleMsMax } = options;
  const children = new Set<Child>();
  /** Children without a task, each with the timer that will end it. */
  const idle = new Map<Child, NodeJS.Timeout>();
  const waiting: Waiting[] = [];
  let isClosed = false;

  function unlist(child: Child): void {
    clearTimeout(idle.get(child));
    idle.delete(child);
  }

  function start(): Child {
    const child = createChild(launch);
    children.add(child);
    void child.exited.then(() => {
      children.delete(child);
      unlist(child);
      if (waiting.length > 0 && children.size < childrenMax) release(start());
    });
    return child;
  }

  /** Gives a child that is free to the first task in line. */
  function release(child: Child): void {
    if (!child.isAlive()) return; // its exit makes room for another one
    const next = waiting.shift();
    const end = () => {
      unlist(child);
      child.stop();
    };
    if (next) next.enter(child);
    else idle.set(child, setTimeout(end, idleMsMax).unref());
  }

  function acquire(signal: AbortSignal): Promise<Child> {
    const [free] = idle.keys();
    if (free) {
      unlist(free);
      return Promise.resolve(free);
    }
    if (children.size < childrenMax) return Promise.resolve(start());
    const { promise, resolve, reject } = Promise.withResolvers<Child>();
    const entry: Waiting = { enter: resolve, fail: reject };
    waiting.push(entry);
    const leave = () => {
      const at = waiting.indexOf(entry);
      if (at !== -1) waiting.splice(at, 1);
      reject(signal.reason);
    };
    signal.addEventListener('abort', leave, { once: true });
    return promise.finally(() => signal.removeEventListener('abort', leave));
  }

  return {
    warmUp() {
      if (!isClosed && children.size === 0) release(start());
    },

    async run(task, signal) {
      signal.throwIfAborted();
      if (isClosed) throw new TaskError('died', 'The pool is closed.');
      const child = await acquire(signal);
      try {
        return await child.run(task, { signal, taskMsMax });
      } finally {
        release(child);
      }
    },

    async close() {
      isClosed = true;
      for (const { fail } of waiting.splice(0)) fail(new TaskError('died', 'The pool was closed.'));
      const all = [...children];
      for (const child of all) child.stop();
      await Promise.all(all.map(({ exited }) => exited));
    },
  };
}
