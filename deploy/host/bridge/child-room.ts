import { readProcessTable } from '../child/process-table.ts';
import { CapacityError } from './failed-call.ts';
import type { SessionPeer } from './session.ts';

const CHILDREN_MAX = 64;
const MEGABYTE = 1024 * 1024;
/** The memory that a child is assumed to need before one was measured. */
const CHILD_BYTES_GUESS = 64 * MEGABYTE;
/** Left to the system and to the host's own peaks. */
const RESERVE_BYTES = 48 * MEGABYTE;
const WAIT_MS_MAX = 10_000;

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

type ChildRoomOptions = {
  memoryBytes: number | null;
  childrenMax?: number;
  measure?: () => Map<number, number> | null;
  /** How long a start waits while every child is busy. */
  waitMs?: number;
};

/**
 * Sees that one more child fits into the machine's memory: ends the longest idle ones (their sessions go on with a new
 * child when they are used again). Where all are busy it waits for one to become idle, for a bounded time, since most calls
 * are short; throws CapacityError after that.
 */
export const createChildRoom = (options: ChildRoomOptions) => {
  const { memoryBytes, childrenMax = CHILDREN_MAX, measure = memoryByGroup, waitMs = WAIT_MS_MAX } = options;

  const overfull = (left: SessionPeer[]): boolean => {
    if (left.length >= childrenMax) return true;
    if (memoryBytes === null || left.length === 0) return false;
    const groups = measure();
    if (!groups) return false;
    const sizes = left.map((peer) => groups.get(peer.pid ?? -1) ?? 0);
    const next = Math.max(CHILD_BYTES_GUESS, ...sizes);
    const used = sizes.reduce((sum, bytes) => sum + bytes, process.memoryUsage.rss());
    return used + next + RESERVE_BYTES > memoryBytes;
  };

  return async (peers: ReadonlySet<SessionPeer>): Promise<void> => {
    const timeOver = AbortSignal.timeout(waitMs);
    for (;;) {
      // A child that leaves on the wish of another start still takes its memory.
      await Promise.all([...peers].filter(({ leaving }) => leaving).map((peer) => peer.leave()));
      const left = [...peers].filter(({ leaving }) => !leaving);
      if (!overfull(left)) return;
      const [oldest] = left.filter(isIdle).sort((a, b) => listeners(a) - listeners(b) || a.lastUsed - b.lastUsed);
      if (oldest) await oldest.leave();
      else await nextAnswer(left, timeOver);
    }
  };
};

async function nextAnswer(peers: readonly SessionPeer[], timeOver: AbortSignal): Promise<void> {
  const over = Promise.withResolvers<void>();
  const onOver = () =>
    over.reject(
      new CapacityError('This machine has no memory for one more process of the server. Try again in a moment.'),
    );
  timeOver.addEventListener('abort', onOver);
  if (timeOver.aborted) onOver();
  try {
    await Promise.race([over.promise, ...peers.map((peer) => peer.settled())]);
  } finally {
    timeOver.removeEventListener('abort', onOver);
  }
  await new Promise(setImmediate); // whoever waits for the answer takes it first: a handshake makes its child serve
}
