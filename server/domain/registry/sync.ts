import type { Database } from '#prisma/client.ts';
import type { RegistrySource, RegistrySync } from '#prisma/generated/client/client.ts';
import { RegistryReadError, type RegistryReader } from './listed-server.ts';
import { markMissing, storePage } from './store.ts';
import { claimSync, leaseUntil, type SyncLease } from './sync-lease.ts';

export type SyncDeps = {
  database: Pick<Database, 'prisma' | 'transaction'>;
  now: () => Date;
  /** Between 0 and 1. */
  random: () => number;
  /** Ends with the time, or rejects with the signal. */
  pause: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  log: { info(fields: object, message: string): void; warn(fields: object, message: string): void };
};

/** `idle`: not due, or another instance reads it. `lost`: another instance took it over. */
export type SyncOutcome = 'idle' | 'done' | 'failed' | 'lost';

const MINUTE_MS = 60_000;
const INTERVAL_MS = 60 * MINUTE_MS;
/** Everything is read again once a day: what vanished without a word is noticed then. */
const FULL_INTERVAL_MS = 24 * 60 * MINUTE_MS;
/** Changes of so long before the last pass are asked for again: a clock may be off, an entry written late. */
const OVERLAP_MS = 5 * MINUTE_MS;
const BACKOFF_MS_MAX = 6 * 60 * MINUTE_MS;
/** A pass that is not finished after this time starts again. */
const PASS_AGE_MS_MAX = 12 * 60 * MINUTE_MS;
/** Pause between two pages, to spare the registry and the other users of the database. */
const PAGE_PAUSE_MS = 100;
/** One turn; what is left goes on from its cursor. 1,000 pages are 100,000 servers. */
const TURN_PAGES_MAX = 1_000;
const TURN_MS_MAX = 30 * MINUTE_MS;

class LeaseLostError extends Error {}

/** Reads one source, as far as it is due. Never throws for what the source does wrong: that is kept in the row. */
export async function syncSource(
  deps: SyncDeps,
  source: RegistrySource,
  reader: RegistryReader,
  signal: AbortSignal,
): Promise<SyncOutcome> {
  const claim = await claimSync(deps.database.prisma, source, deps.now());
  if (!claim) return 'idle';
  const { lease } = claim;
  try {
    const row = await beginPass(deps, lease, claim.row, reader);
    await readPages(deps, lease, row, reader, AbortSignal.any([signal, AbortSignal.timeout(TURN_MS_MAX)]));
    return 'done';
  } catch (error) {
    if (error instanceof LeaseLostError) return 'lost';
    if (signal.aborted) await release(deps, lease);
    else await recordFailure(deps, lease, error);
    return 'failed';
  }
}

/** Goes on with the pass that a crash or an outage left, else begins one. */
async function beginPass(
  deps: SyncDeps,
  lease: SyncLease,
  row: RegistrySync,
  reader: RegistryReader,
): Promise<RegistrySync> {
  const now = deps.now();
  const isUnderWay = row.passStartedAt !== null && now.getTime() - row.passStartedAt.getTime() < PASS_AGE_MS_MAX;
  if (isUnderWay) return row;
  const isFull =
    !reader.isIncremental ||
    row.watermark === null ||
    row.lastFullAt === null ||
    now.getTime() - row.lastFullAt.getTime() >= FULL_INTERVAL_MS;
  return write(deps, lease, {
    passStartedAt: now,
    passSince: isFull || row.watermark === null ? null : new Date(row.watermark.getTime() - OVERLAP_MS),
    passWatermark: null,
    cursor: null,
    read: 0,
    skipped: 0,
  });
}

async function readPages(
  deps: SyncDeps,
  lease: SyncLease,
  begun: RegistrySync,
  reader: RegistryReader,
  signal: AbortSignal,
): Promise<void> {
  let row = begun;
  for (let pages = 0; pages < TURN_PAGES_MAX; pages++) {
    signal.throwIfAborted();
    const page = await reader.readPage({ cursor: row.cursor, since: row.passSince }, signal);
    if (page.nextCursor !== null && page.nextCursor === row.cursor)
      throw new RegistryReadError('The source names the same page as the next one again and again.', {
        isRefusal: true,
      });
    const seenAt = row.passStartedAt ?? deps.now();
    const { read, skipped, passWatermark } = row;
    row = await deps.database.transaction(async (tx) => {
      await storePage(tx, lease.source, page.servers, seenAt);
      const [written] = await tx.registrySync.updateManyAndReturn({
        where: lease,
        data: {
          leaseUntil: leaseUntil(deps.now()),
          cursor: page.nextCursor,
          read: read + page.servers.length,
          skipped: skipped + page.skipped,
          passWatermark: passWatermark ?? page.at ?? seenAt,
          error: null,
        },
      });
      if (!written) throw new LeaseLostError(); // takes the page back with it
      return written;
    });
    if (page.nextCursor === null) return finishPass(deps, lease, row);
    await deps.pause(PAGE_PAUSE_MS, signal);
  }
  throw new RegistryReadError('There is more than one turn reads; the next turn goes on.');
}

async function finishPass(deps: SyncDeps, lease: SyncLease, row: RegistrySync): Promise<void> {
  const now = deps.now();
  const isFull = row.passSince === null;
  const removed = await deps.database.transaction(async (tx) => {
    const gone = isFull && row.passStartedAt ? await markMissing(tx, lease.source, row.passStartedAt) : 0;
    const { count } = await tx.registrySync.updateMany({
      where: lease,
      data: {
        leaseOwner: null,
        leaseUntil: null,
        // a tenth more or less, so that instances and installations do not come all at once
        nextAt: new Date(now.getTime() + INTERVAL_MS * (0.9 + 0.2 * deps.random())),
        plannedAt: null,
        passStartedAt: null,
        cursor: null,
        watermark: row.passWatermark,
        lastSuccessAt: now,
        ...(isFull ? { lastFullAt: now } : {}),
        failures: 0,
        error: null,
      },
    });
    if (count === 0) throw new LeaseLostError();
    return gone;
  });
  const { source } = lease;
  deps.log.info({ source, read: row.read, skipped: row.skipped, removed }, 'The copy of a registry is up to date.');
  if (removed === null)
    deps.log.warn(
      { source },
      'More than half of the listed servers were gone from it: they are kept until it lists them again.',
    );
}

async function recordFailure(deps: SyncDeps, lease: SyncLease, error: unknown): Promise<void> {
  const row = await deps.database.prisma.registrySync.findFirst({ where: lease });
  if (!row) return;
  const isKnown = error instanceof RegistryReadError;
  // A try that a person asked for is beside the plan: its failure is shown, and the next automatic try is not put off.
  const failures = row.plannedAt === null ? row.failures + 1 : row.failures;
  const backoff = Math.min(MINUTE_MS * 2 ** Math.max(failures - 1, 0), BACKOFF_MS_MAX) * (0.8 + 0.4 * deps.random());
  const nowMs = deps.now().getTime();
  const planned = row.plannedAt === null ? backoff : Math.max(row.plannedAt.getTime() - nowMs, 0);
  const wait = Math.max(planned, isKnown ? (error.retryAfterMs ?? 0) : 0);
  await deps.database.prisma.registrySync.updateMany({
    where: lease,
    data: {
      leaseOwner: null,
      leaseUntil: null,
      nextAt: new Date(nowMs + wait),
      plannedAt: null,
      failures,
      error: isKnown ? error.message : 'The copy could not be brought up to date.',
      // a cursor that is refused is of no more use
      ...(isKnown && error.isRefusal ? { passStartedAt: null, cursor: null } : {}),
    },
  });
  if (failures > 1 && isKnown) return;
  // An outage elsewhere is one line; only a fault of this program needs its stack.
  const reason = isKnown ? { reason: error.message, ...causeOf(error) } : { err: error };
  deps.log.warn({ source: lease.source, ...reason }, 'A registry could not be read; its entries stay as they are.');
}

const causeOf = ({ cause }: Error): { cause?: string } => (cause instanceof Error ? { cause: cause.message } : {});

/** Due again at once: the next start goes on from the cursor. */
const release = async (deps: SyncDeps, lease: SyncLease): Promise<void> => {
  await deps.database.prisma.registrySync.updateMany({ where: lease, data: { leaseOwner: null, leaseUntil: null } });
};

async function write(
  deps: SyncDeps,
  lease: SyncLease,
  data: Partial<Omit<RegistrySync, 'source'>>,
): Promise<RegistrySync> {
  const [row] = await deps.database.prisma.registrySync.updateManyAndReturn({ where: lease, data });
  if (!row) throw new LeaseLostError();
  return row;
}
