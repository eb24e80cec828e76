import type { CallPage, CallRecord } from '../call-contract.ts';

const RECORDS_MAX = 20_000;
const BYTES_MAX = 8 * 1024 * 1024;
const PAGE_RECORDS_MAX = 1_000;
/** Room of records that went is given back in pieces of this size. */
const GONE_MAX = 1_024;
/** Estimates the members of a record besides its texts. */
const RECORD_BYTES = 256;

export type CallRing = {
  add(record: CallRecord): void;
  read(cursor: string | null): CallPage;
};

const sizeOf = ({ name, client, caller, sessionId, requestId }: CallRecord): number =>
  RECORD_BYTES +
  name.length +
  (client === null ? 0 : client.name.length + client.version.length) +
  caller.length +
  (sessionId?.length ?? 0) +
  (requestId?.length ?? 0);

/** Keeps the last calls until the platform takes them; bounded in number and bytes, so the oldest may be dropped. */
export const createCallRing = ({
  bootId,
  recordsMax = RECORDS_MAX,
  bytesMax = BYTES_MAX,
}: {
  bootId: string;
  recordsMax?: number;
  bytesMax?: number;
}): CallRing => {
  let records: { record: CallRecord; bytes: number }[] = [];
  let first = 0;
  let next = 0;
  let bytes = 0;

  const trim = () => {
    while (first < records.length && (records.length - first > recordsMax || bytes > bytesMax)) drop();
    compact();
  };

  const drop = () => {
    bytes -= records[first]?.bytes ?? 0;
    first += 1;
  };

  const compact = () => {
    if (first < GONE_MAX || first * 2 < records.length) return;
    records = records.slice(first);
    first = 0;
  };

  /** The number of the record after the cursor; null for a cursor of another host, or of nonsense. */
  const after = (cursor: string | null): number | null => {
    const dot = cursor?.lastIndexOf('.') ?? -1;
    if (cursor === null || cursor.slice(0, dot) !== bootId) return null;
    const number = Number(cursor.slice(dot + 1));
    return Number.isSafeInteger(number) && number >= 0 && number <= next ? number : null;
  };

  return {
    add(record) {
      const size = sizeOf(record);
      records.push({ record, bytes: size });
      bytes += size;
      next += 1;
      trim();
    },
    read(cursor) {
      const oldest = next - (records.length - first);
      const wanted = after(cursor) ?? 0;
      const from = Math.max(wanted, oldest);
      // A cursor is read from where the calls before it are stored.
      for (let kept = oldest; kept < wanted; kept += 1) drop();
      compact();
      const page = records.slice(first, first + PAGE_RECORDS_MAX).map(({ record }) => record);
      const end = from + page.length;
      return { records: page, cursor: `${bootId}.${end}`, lost: from - wanted, more: end < next };
    },
  };
};
