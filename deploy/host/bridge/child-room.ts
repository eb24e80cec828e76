import { readProcessTable } from '../child/process-table.ts';
import { CapacityError } from './failed-call.ts';
import type { SessionPeer } from './session.ts';

const CHILDREN_MAX = 64;
const MEGABYTE = 1024 * 1024;
/** The memory that a child is assumed to need before one was measured. */
const CHILD_BYTES_GUESS = 64 * MEGABYTE;
/** Left to the system and to the host's own peaks. */
const RESERVE_BYTES = 48 * MEGABYTE;

/** Resident memory of each process group; null on systems without /proc: children are then capped by number only. */
export const memoryByGroup = (table = readProcessTable()): Map<number, number> | null => {
  if (table === null) return null;
  const groups = new Map<number, number>();
  for (const { group, residentBytes } of table) groups.set(group, (groups.get(group) ?? 0) + residentBytes);
  return groups;
};

const isIdle = (peer: SessionPeer): boolean => {
  if (!peer.serving || peer.inFlight > 0) return false;
  for (const session of peer.sessions)
    for (const asked of session.asked.values()) if (asked.peer === peer) return false;
  return true;
};

const listeners = (peer: SessionPeer): number => {
  let count = 0;
  for (const session of peer.sessions) if (session.standalone.connected) count += 1;
  return count;
};

/**
 * Sees that one more child fits into the machine's memory: stops the longest idle ones (their sessions go on with a new
 * child when they are used again); throws CapacityError when all are busy.
 */
export const createChildRoom =
  (options: { memoryBytes: number | null; childrenMax?: number; measure?: () => Map<number, number> | null }) =>
  async (peers: ReadonlySet<SessionPeer>): Promise<void> => {
    const childrenMax = options.childrenMax ?? CHILDREN_MAX;
    const measure = options.measure ?? memoryByGroup;
    const stopping = new Set<SessionPeer>();
    const overfull = (): boolean => {
      const left = [...peers].filter((peer) => !stopping.has(peer));
      if (left.length >= childrenMax) return true;
      if (options.memoryBytes === null || left.length === 0) return false;
      const groups = measure();
      if (!groups) return false;
      const sizes = left.map((peer) => groups.get(peer.pid ?? -1) ?? 0);
      const next = Math.max(CHILD_BYTES_GUESS, ...sizes);
      const used = sizes.reduce((sum, bytes) => sum + bytes, process.memoryUsage.rss());
      return used + next + RESERVE_BYTES > options.memoryBytes;
    };
    while (overfull()) {
      const idle = [...peers].filter((peer) => !stopping.has(peer) && isIdle(peer));
      idle.sort((a, b) => listeners(a) - listeners(b) || a.lastUsed - b.lastUsed);
      const [oldest] = idle;
      if (!oldest)
        throw new CapacityError(
          'This machine has no memory for one more process of the server. Try again in a moment.',
        );
      stopping.add(oldest);
      await oldest.child?.stop();
    }
  };
