/** A message from the pool to a child. */
export type Task = { name: string; input: unknown[] };

/** A message from a child to the pool: the outcome of its one open task. */
export type Outcome = { value: unknown } | { thrown: string };
