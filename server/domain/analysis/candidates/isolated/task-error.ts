/** `timed-out` and `died` are about the process that ran the task, `threw` is about the task itself. */
export type TaskFailureKind = 'timed-out' | 'died' | 'threw';

/** The reason why a task has no result; for the log, not for users. */
export class TaskError extends Error {
  readonly kind: TaskFailureKind;

  constructor(kind: TaskFailureKind, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'TaskError';
    this.kind = kind;
  }
}
