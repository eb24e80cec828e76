/** The program of a detection child: it runs one task after another and ends with its parent. */
import { flushCompileCache } from 'node:module';
import { serialize } from 'node:v8';
import type { Outcome, Task } from './messages.ts';
import { TASKS, type TaskName } from './tasks.ts';

/** The server stores a result in one row and reads it with every page that shows it. */
const RESULT_BYTES_MAX = 4_000_000;

const isTaskName = (name: string): name is TaskName => Object.hasOwn(TASKS, name);

function outcomeOf({ name, input }: Task): Outcome {
  try {
    if (!isTaskName(name)) throw new Error(`There is no task named ${name}.`);
    // The pool's caller is typed by the same table, and both ends are of one version.
    const task = TASKS[name] as (...input: unknown[]) => unknown;
    const value = task(...input);
    if (serialize(value).byteLength > RESULT_BYTES_MAX) throw new Error('The result is too large.');
    return { value };
  } catch (error) {
    return { thrown: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

process.on('message', (task: Task) => process.send?.(outcomeOf(task)));
// Children are killed, so they store their compiled code as soon as they have time for it.
process.once('message', () => setImmediate(flushCompileCache));
process.on('disconnect', () => process.exit());
