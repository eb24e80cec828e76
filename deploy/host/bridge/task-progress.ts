import type { Call, Caller } from './call.ts';
import { memberText } from './json-edit.ts';
import { type Envelope, findMember, type Span } from './json-rpc.ts';

const TASKS_MAX = 1_000;
const TERMINAL = /^"(completed|failed|cancelled)"$/;

type Task<C> = { taskId: string; session: C; token: string };

/** The task id and status in an object, raw; null for an object without them. */
const taskIn = (text: string, object: Span | null): { taskId: string; status: string } | null => {
  const taskId = memberText(text, object, 'taskId');
  const status = memberText(text, object, 'status');
  return taskId === null || status === null ? null : { taskId, status };
};

/**
 * Keeps progress flowing after a call was answered with a task, until the task has ended (2025-11-25, progress, rule 3).
 * Tasks are found under the number that stood for their progress token at the child.
 */
export class TaskProgress<C extends Caller> {
  readonly #tasks = new Map<number, Task<C>>();

  /** The child has answered a call: that may have started a task, or reported the end of one. */
  onAnswer(id: number, call: Call<C>, answer: Envelope): void {
    const { text, result } = answer;
    if (result === null) return;
    if (call.method.startsWith('tasks/')) {
      this.#onStatus(text, result);
      return;
    }
    const task = call.token === null || !call.session ? null : taskIn(text, findMember(text, result, 'task'));
    if (task === null || call.token === null || !call.session || TERMINAL.test(task.status)) return;
    this.#tasks.set(id, { taskId: task.taskId, session: call.session, token: call.token });
    if (this.#tasks.size <= TASKS_MAX) return;
    for (const oldest of this.#tasks.keys()) {
      this.#tasks.delete(oldest);
      return;
    }
  }

  /** The child has sent `notifications/tasks/status`. */
  onNotification({ text, params }: Envelope): void {
    if (params !== null) this.#onStatus(text, params);
  }

  find(id: number): { session: C; token: string } | null {
    return this.#tasks.get(id) ?? null;
  }

  /** The session has ended: progress of its tasks has no reader. */
  forget(session: C): void {
    for (const [id, task] of this.#tasks) if (task.session === session) this.#tasks.delete(id);
  }

  #onStatus(text: string, object: Span): void {
    const found = taskIn(text, object);
    if (found === null || !TERMINAL.test(found.status)) return;
    for (const [id, { taskId }] of this.#tasks) if (taskId === found.taskId) this.#tasks.delete(id);
  }
}
