import { setTimeout as delay } from 'node:timers/promises';
import { hasMark, type ProcessRow, readProcessTable } from './process-table.ts';

/** Processes may start others while they are being ended; a few rounds find these too. */
const ROUNDS_MAX = 10;
const ROUND_MS = 20;

const keyOf = ({ pid, startedAt }: ProcessRow): string => `${pid} ${startedAt}`;

/** All processes below `root`, whatever group or session they have moved to. Empty where there is no /proc. */
export const descendantsOf = (root: number, table: readonly ProcessRow[] = readProcessTable() ?? []): ProcessRow[] => {
  const children = Map.groupBy(table, ({ parent }) => parent);
  const found: ProcessRow[] = [];
  const waiting = [root];
  for (let pid = waiting.pop(); pid !== undefined; pid = waiting.pop())
    for (const row of children.get(pid) ?? []) {
      found.push(row);
      waiting.push(row.pid);
    }
  return found;
};

const kill = (pid: number): void => {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // ESRCH: it has ended by itself. EPERM: another user's, which is not ours to end.
  }
};

/**
 * Ends every process that was started with the mark, and those of `known` that are still there: daemons that left their
 * process group and session are found by their environment, those that replaced it by their descent, which was
 * looked up while their parents lived. Resolves when none is left.
 */
export const endProcesses = async (mark: string, known: readonly ProcessRow[] = []): Promise<void> => {
  const wanted = new Set(known.map(keyOf));
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    const left: number[] = [];
    for (const row of readProcessTable() ?? []) {
      if (row.pid === process.pid) continue;
      if (wanted.has(keyOf(row)) || (await hasMark(row.pid, mark))) left.push(row.pid);
    }
    if (left.length === 0) return;
    for (const pid of left) kill(pid);
    await delay(ROUND_MS);
  }
};
