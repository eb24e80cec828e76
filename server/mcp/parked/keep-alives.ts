/** Proxies on the way close a connection that is silent for a minute or less. */
const INTERVAL_MS = 20_000;
const SLOT_MS = 1_000;
const SLOTS = INTERVAL_MS / SLOT_MS;

export type Quiet = { keepAlive(): void };

export interface KeepAlives<T extends Quiet> {
  add(stream: T): void;
  delete(stream: T): void;
  readonly size: number;
  close(): void;
}

/**
 * Keeps any number of silent streams open with one timer: each stream has a slot of the interval, so that a second of it
 * sends to a twentieth of them.
 */
export function createKeepAlives<T extends Quiet>(): KeepAlives<T> {
  const slots = Array.from({ length: SLOTS }, () => new Set<T>());
  const slotOf = new Map<T, Set<T>>();
  let at = 0;
  let timer: NodeJS.Timeout | null = null;

  const tick = () => {
    at = (at + 1) % SLOTS;
    for (const stream of slots[at] ?? []) stream.keepAlive();
  };
  const stop = () => {
    if (timer) clearInterval(timer);
    timer = null;
  };
  /** The slot that is the longest away has had no turn for the shortest time. */
  const emptiest = (): Set<T> | undefined =>
    slots.reduce((best, slot, index) => (index !== at && slot.size < best.size ? slot : best), slots[at] ?? new Set());

  return {
    add: (stream) => {
      if (slotOf.has(stream)) return;
      const slot = emptiest();
      if (!slot) return;
      slot.add(stream);
      slotOf.set(stream, slot);
      timer ??= setInterval(tick, SLOT_MS).unref();
    },
    delete: (stream) => {
      slotOf.get(stream)?.delete(stream);
      slotOf.delete(stream);
      if (slotOf.size === 0) stop();
    },
    get size() {
      return slotOf.size;
    },
    close: stop,
  };
}
