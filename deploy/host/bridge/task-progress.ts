import type { Call, Caller } from './call.ts';
import { memberText } from './json-edit.ts';
import { type Envelope, findMember, type Span } from './json-rpc.ts';

const TASKS_MAX = 1_000;
const TERMINAL = /^"(completed|failed|cancelled)"$/;
/** A task without a lifetime of its own counts as running until nothing was heard of it for this long (30 minutes). */
const UNHEARD_MS_MAX = 30 * 60_000;

type Task<C> = { taskId: string; session: C; token: string | null; until: number };

/** The task id, status and lifetime in an object, raw; null for an object without them. */
const taskIn = (text: string, object: Span | null): { taskId: string; status: string; ttlMs: number } | null => {
  const taskId = memberText(text, object, 'taskId');
  const status = memberText(text, object, 'status');
  const ttlMs = Number(memberText(text, object, 'ttl') ?? Number.NaN);
  return taskId === null || status === null ? null : { taskId, status, ttlMs };
};

/**
 * Keeps progress flowing after a call was answered with a task, until the task has ended (2025-11-25, progress, rule 3),
 * and knows how many tasks run. Tasks are found under the number that stood for their progress token at the child.
 */
export class TaskProgress<C extends Caller> {
  readonly #tasks = new Map<number, Task<C>>();

  /** The child has answered a call: that may have started a task, or reported the end of one. */
  onAnswer(id: number, call: Call<C>, answer: Envelope, now: number): void {
    const { text, result } = answer;
    if (result === null) return;
    if (call.method.startsWith('tasks/')) {
      this.#onStatus(text, result, now);
      return;
    }
    const task = call.session ? taskIn(text, findMember(text, result, 'task')) : null;
    if (task === null || !call.session || TERMINAL.test(task.status)) return;
    const until = now + Math.min(task.ttlMs > 0 ? task.ttlMs : UNHEARD_MS_MAX, UNHEARD_MS_MAX);
    this.#tasks.set(id, { taskId: task.taskId, session: call.session, token: call.token, until });
    if (this.#tasks.size <= TASKS_MAX) return;
    for (const oldest of this.#tasks.keys()) {
      this.#tasks.delete(oldest);
      return;
    }
  }

  /** The child has sent `notifications/tasks/status`. */
  onNotification({ text, params }: Envelope, now: number): void {
    if (params !== null) this.#onStatus(text, params, now);
  }

  find(id: number): { session: C; token: string } | null {
    const task = this.#tasks.get(id);
    return task?.token == null ? null : { session: task.session, token: task.token };
  }

  /** Tasks that have not ended, as far as their child has reported. */
  running(now: number): number {
    let running = 0;
    for (const { until } of this.#tasks.values()) if (until > now) running += 1;
    return running;
  }

  /** The session has ended: progress of its tasks has no reader. */
  forget(session: C): void {
    for (const [id, task] of this.#tasks) if (task.session === session) this.#tasks.delete(id);
  }

  #onStatus(text: string, object: Span, now: number): void {
    const found = taskIn(text, object);
    if (found === null) return;
    for (const [id, task] of this.#tasks) {
      if (task.taskId !== found.taskId) continue;
      if (TERMINAL.test(found.status)) this.#tasks.delete(id);
      else task.until = now + UNHEARD_MS_MAX;
    }
  }
}
