import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const PS_TIMEOUT_MS = 5_000;

/** True when the signal reached somebody. */
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

/** Process groups of everything below `root`: a host starts each of its children in a group of its own. */
const descendantGroups = async (root: number): Promise<Set<number>> => {
  const groups = new Set<number>();
  const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pid=,ppid=,pgid='], { timeout: PS_TIMEOUT_MS });
  const rows = stdout.split('\n').map((line) => line.trim().split(/\s+/).map(Number));
  const below = new Set([root]);
  // `ps` does not order by descent: repeat until no row adds anything.
  for (let found = true; found; ) {
    found = false;
    for (const [pid, parent, group] of rows) {
      if (pid === undefined || parent === undefined || group === undefined) continue;
      if (below.has(pid) || !below.has(parent)) continue;
      below.add(pid);
      groups.add(group);
      found = true;
    }
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
