import { availableParallelism } from 'node:os';
import { UserError } from '../../../errors.ts';
import type { Detector } from '../../context.ts';
import { createChildPool } from './child-pool.ts';
import { launchChild } from './launch-child.ts';
import { TaskError } from './task-error.ts';
import type { TaskName, Tasks } from './tasks.ts';

const CHILDREN_MAX = 2;
const HEAP_MB_MAX = 512;
const TASK_MS_MAX = 30_000;
const IDLE_MS_MAX = 60_000;

const MESSAGES: Record<TaskError['kind'], string> = {
  'timed-out': `Reading the files of this source took longer than ${TASK_MS_MAX / 1_000} seconds.`,
  died: 'Reading the files of this source took more memory than an analysis may use.',
  threw: 'The files of this source could not be read.',
};

const failureOf = (error: TaskError): UserError =>
  new UserError('ANALYSIS_FAILED', MESSAGES[error.kind], {
    hint: 'Paste the npm or PyPI package of the server instead of its repository, or a version that worked before.',
    cause: error,
  });

/** The children run the functions of `TASKS`, each under its own name. */
export function createDetector(dataDir: string): { detector: Detector; close: () => Promise<void> } {
  const pool = createChildPool({
    launch: () => launchChild({ dataDir, heapMbMax: HEAP_MB_MAX }),
    childrenMax: Math.min(CHILDREN_MAX, availableParallelism()),
    taskMsMax: TASK_MS_MAX,
    idleMsMax: IDLE_MS_MAX,
  });
  const run =
    <Name extends TaskName>(name: Name) =>
    async (signal: AbortSignal, ...input: Parameters<Tasks[Name]>): Promise<ReturnType<Tasks[Name]>> => {
      try {
        // The child runs the function of this name from the same table.
        return (await pool.run({ name, input }, signal)) as ReturnType<Tasks[Name]>;
      } catch (error) {
        throw error instanceof TaskError ? failureOf(error) : error;
      }
    };
  const detector: Detector = {
    warmUp: () => pool.warmUp(),
    packageCandidate: run('packageCandidate'),
    archiveCandidate: run('archiveCandidate'),
    readRepository: run('readRepository'),
  };
  return { detector, close: () => pool.close() };
}
