import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { readProcessTable } from '../host/child/process-table.ts';

const PS_TIMEOUT_MS = 5_000;

/** True when the signal reached a process. */
export const signalGroup = (pid: number, signal: NodeJS.Signals): boolean => {
  try {
    process.kill(-pid, signal);
    return true;
  } catch (error) {
    // ESRCH: gone already, which is what every caller wants in the end.
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return false;
    throw error;
  }
};

type Row = { pid: number; parent: number; group: number };

/** Every process, from /proc, or from `ps` on systems without it. */
const readProcesses = async (): Promise<Row[]> => {
  const table = readProcessTable();
  if (table !== null && table.length > 0) return table;
  const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pid=,ppid=,pgid='], { timeout: PS_TIMEOUT_MS });
  return stdout.split('\n').flatMap((line) => {
    const [pid, parent, group] = line.trim().split(/\s+/).map(Number);
    return pid === undefined || parent === undefined || group === undefined ? [] : [{ pid, parent, group }];
  });
};

/** Process groups of everything below `root`: a host starts each of its children in a group of its own. */
const descendantGroups = async (root: number): Promise<Set<number>> => {
  const children = Map.groupBy(await readProcesses(), ({ parent }) => parent);
  const groups = new Set<number>();
  const waiting = [root];
  for (let pid = waiting.pop(); pid !== undefined; pid = waiting.pop())
    for (const row of children.get(pid) ?? []) {
      groups.add(row.group);
      waiting.push(row.pid);
    }
  return groups;
};

/**
 * Ends a host that does not end by itself, with its children: SIGKILL gives it no chance to end them, so their
 * groups are looked up first.
 */
export const killTree = async (root: number): Promise<void> => {
  let groups: Set<number>;
  try {
    groups = await descendantGroups(root);
  } catch {
    // Without `ps` only the host's own group can be ended; its children still see their stdin close.
    groups = new Set();
  }
  signalGroup(root, 'SIGKILL');
  for (const group of groups) if (group > 1 && group !== root) signalGroup(group, 'SIGKILL');
};
