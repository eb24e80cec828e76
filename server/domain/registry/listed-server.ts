import type { RegistryStatus } from '#prisma/generated/client/enums.ts';

/** A server as a source lists it, in its newest version. */
export type ListedServer = {
  name: string;
  title: string;
  description: string;
  version: string | null;
  status: RegistryStatus;
  statusMessage: string | null;
  entry: StoredEntry;
  publishedAt: Date;
  updatedAt: Date;
};

/** Keeps what a source said of a server, as it said it. `parseStoredEntry` reads it from a row; `readEntry` cleans it. */
export type StoredEntry = {
  /** A server.json of any schema version. */
  document: unknown;
  license: string | null;
  /** The server's page at the source itself. */
  listingUrl: string | null;
};

export type ListedPage = {
  servers: ListedServer[];
  /** Entries that could not be read, or are larger than is kept. */
  skipped: number;
  /** Null: this was the last page. */
  nextCursor: string | null;
  /** The time by the source's own clock, when it says so. */
  at: Date | null;
};

/** One place that lists servers, page by page. */
export interface RegistryReader {
  /** True if the source can list the changes since a time; else every pass reads all. */
  readonly isIncremental: boolean;
  /** @throws RegistryReadError, and the signal's reason. */
  readPage(request: { cursor: string | null; since: Date | null }, signal: AbortSignal): Promise<ListedPage>;
}

/** A page could not be read. The message is one sentence for people. */
export class RegistryReadError extends Error {
  /** It refuses the request itself, such as a cursor that is no longer known: the same one again is of no use. */
  readonly isRefusal: boolean;
  /** How long it asks to be left alone. */
  readonly retryAfterMs: number | null;

  constructor(message: string, options: { isRefusal?: boolean; retryAfterMs?: number | null; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.name = 'RegistryReadError';
    this.isRefusal = options.isRefusal ?? false;
    this.retryAfterMs = options.retryAfterMs ?? null;
  }
}
