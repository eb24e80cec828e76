import { BUCKETS, bucketOf, SAMPLES_MAX } from './histogram.ts';

/** One call, as the endpoint saw it. */
export type UsageCall = {
  deploymentId: string;
  /** The JSON-RPC method; `(stream)`, `(end of session)` or `(other)` where there is none. */
  method: string;
  tool: string;
  /** HTTP status; 499 when the client left before there was one. */
  status: number;
  /** A failed status, a broken stream, or an answer that reads like a JSON-RPC error or a failed tool call. */
  isError: boolean;
  era: 'legacy' | 'modern';
  /** The server does not support the caller's era, and the host translated. Not a part of the rows. */
  translated: boolean;
  /** The id of the access token or of the OAuth client's connection, or `public`. */
  caller: string;
  tokenId: string | null;
  connectionId: string | null;
  /** It waited for a sleeping machine. */
  cold: boolean;
  durationMs: number;
  bytesIn: number;
  bytesOut: number;
};

/** Calls that are alike in everything but duration and size, counted. */
export type UsageRow = {
  deploymentId: string;
  /** UTC, YYYY-MM-DD. */
  day: string;
  method: string;
  tool: string;
  status: number;
  era: string;
  caller: string;
  cold: boolean;
  calls: number;
  errors: number;
  bytesIn: number;
  bytesOut: number;
  durationMs: number;
  buckets: number[];
  /** The durations of the first calls, up to SAMPLES_MAX. */
  samples: number[];
};

export type UsageBatch = {
  rows: UsageRow[];
  /** When each deployment, token and OAuth connection was last used, in milliseconds. */
  lastUsed: { deployments: Map<string, number>; tokens: Map<string, number>; connections: Map<string, number> };
};

const FLUSH_MS = 2_000;
/** Rows held at most between two writes. Calls that need a further one are counted as dropped. */
const ROWS_MAX = 20_000;
/** Names of methods and tools come from the caller: beyond this many a deployment and day, they share one row. */
const NAMES_PER_DEPLOYMENT_MAX = 200;
/** They are part of an index, whose entries PostgreSQL holds to about 2,700 bytes. */
const NAME_CHARACTERS_MAX = 128;
const DAY_MS = 86_400_000;
const OTHER = '(other)';
/** Streams that only listen are no use of a deployment: it may sleep under them. */
const LISTENING: ReadonlySet<string> = new Set(['(stream)', 'subscriptions/listen']);

export type UsageRecorderDeps = {
  /** Adds a batch to what is stored. */
  write: (batch: UsageBatch) => Promise<void>;
  nowMs: () => number;
  onError: (error: unknown) => void;
  flushMs?: number;
};

export interface UsageRecorder {
  /** Counts a call. Returns at once, never throws. */
  record(call: UsageCall): void;
  /** Writes what is counted now; resolves when it is stored or its failure was reported. */
  flush(): Promise<void>;
  /** Calls that were not counted for want of room since the start. */
  dropped(): number;
  close(): Promise<void>;
}

const emptyBatch = (): UsageBatch => ({
  rows: [],
  lastUsed: { deployments: new Map(), tokens: new Map(), connections: new Map() },
});

/**
 * Counts calls in memory and hands them over in batches. A batch that could not be stored is kept and tried again with
 * the next one, as long as there is room: then whole calls are dropped, and counted.
 */
export function createUsageRecorder({ write, nowMs, onError, flushMs = FLUSH_MS }: UsageRecorderDeps): UsageRecorder {
  let batch = emptyBatch();
  let index = new Map<string, UsageRow>();
  /** The row of each deployment's last call: calls come in runs, and making a key costs more than counting. */
  let latest = new Map<string, UsageRow>();
  let names = new Map<string, Set<string>>();
  let dropped = 0;
  let writing: Promise<void> | null = null;
  let dayNumber = -1;
  let day = '';

  const turnDay = () => {
    const number = Math.floor(nowMs() / DAY_MS);
    if (number === dayNumber) return;
    dayNumber = number;
    day = new Date(number * DAY_MS).toISOString().slice(0, 10);
    names = new Map();
  };

  const isKnownName = (deploymentId: string, name: string): boolean => {
    let known = names.get(deploymentId);
    if (!known) {
      known = new Set();
      names.set(deploymentId, known);
    }
    if (known.has(name)) return true;
    if (known.size >= NAMES_PER_DEPLOYMENT_MAX) return false;
    known.add(name);
    return true;
  };

  const rowOf = (call: UsageCall): UsageRow | null => {
    const before = latest.get(call.deploymentId);
    if (before && isAlike(before, call, day)) return before;
    const row = findRow(call);
    if (row) latest.set(call.deploymentId, row);
    return row;
  };

  const findRow = (call: UsageCall): UsageRow | null => {
    const { deploymentId, status, era, caller, cold } = call;
    const [method, tool] = [cut(call.method), cut(call.tool)];
    const named = `${method}\n${tool}`;
    const isKnown = isKnownName(deploymentId, named);
    const key = `${deploymentId}\n${caller}\n${status} ${era} ${cold}\n${day}\n${isKnown ? named : OTHER}`;
    const existing = index.get(key);
    if (existing) return existing;
    if (batch.rows.length >= ROWS_MAX) return null;
    const row: UsageRow = {
      deploymentId,
      day,
      method: isKnown ? clean(method) : OTHER,
      tool: isKnown ? clean(tool) : '',
      status,
      era,
      caller,
      cold,
      calls: 0,
      errors: 0,
      bytesIn: 0,
      bytesOut: 0,
      durationMs: 0,
      buckets: new Array<number>(BUCKETS).fill(0),
      samples: [],
    };
    index.set(key, row);
    batch.rows.push(row);
    return row;
  };

  const record = (call: UsageCall): void => {
    turnDay();
    const row = rowOf(call);
    if (row === null) {
      dropped += 1;
      return;
    }
    row.calls += 1;
    if (call.isError) row.errors += 1;
    row.bytesIn += call.bytesIn;
    row.bytesOut += call.bytesOut;
    row.durationMs += call.durationMs;
    if (row.samples.length < SAMPLES_MAX) row.samples.push(call.durationMs);
    const bucket = bucketOf(call.durationMs);
    row.buckets[bucket] = (row.buckets[bucket] ?? 0) + 1;
    const at = nowMs();
    if (!LISTENING.has(call.method)) batch.lastUsed.deployments.set(call.deploymentId, at);
    if (call.tokenId !== null) batch.lastUsed.tokens.set(call.tokenId, at);
    if (call.connectionId !== null) batch.lastUsed.connections.set(call.connectionId, at);
  };

  const takeBack = (failed: UsageBatch) => {
    const room = ROWS_MAX - batch.rows.length;
    for (const row of failed.rows.slice(room)) dropped += row.calls;
    batch.rows.push(...failed.rows.slice(0, room)); // two rows of one key in a batch are added up when it is stored
    for (const kind of ['deployments', 'tokens'] as const) {
      for (const [id, at] of failed.lastUsed[kind]) {
        if (!batch.lastUsed[kind].has(id)) batch.lastUsed[kind].set(id, at);
      }
    }
  };

  const writeBatch = async () => {
    if (batch.rows.length === 0) return;
    const full = batch;
    batch = emptyBatch();
    index = new Map();
    latest = new Map();
    try {
      await write(full);
    } catch (error) {
      takeBack(full);
      onError(error);
    }
  };

  const flush = async (): Promise<void> => {
    while (writing) await writing;
    writing = writeBatch().finally(() => {
      writing = null;
    });
    await writing;
  };

  const timer = setInterval(() => {
    if (!writing) void flush();
  }, flushMs);
  timer.unref();

  return {
    record,
    flush,
    dropped: () => dropped,
    close: async () => {
      clearInterval(timer);
      await flush();
    },
  };
}

const isAlike = (row: UsageRow, call: UsageCall, day: string): boolean =>
  row.tool === call.tool &&
  row.method === call.method &&
  row.caller === call.caller &&
  row.status === call.status &&
  row.era === call.era &&
  row.cold === call.cold &&
  row.day === day;

const cut = (name: string): string => name.slice(0, NAME_CHARACTERS_MAX);

/** PostgreSQL takes neither NUL nor half a surrogate pair; one such name would keep its whole batch from being stored. */
const clean = (text: string): string => text.toWellFormed().replaceAll('\0', '');
