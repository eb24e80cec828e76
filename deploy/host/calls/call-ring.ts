import type { CallBodies } from '../call-contract.ts';
import { encodeCallPage } from '../call-page.ts';
import type { CallEntry } from '../call-slot.ts';
import { sizeOfBodies } from './call-bodies.ts';
import { CallSheet } from './call-sheet.ts';

const SHEETS_MAX = 20;
const SHEET_RECORDS = 1_000;
/** Of the callers and names in one sheet: 8 MB in all. */
const SHARED_BYTES_MAX = 400 * 1024;
const BODY_BYTES_MAX = 8 * 1024 * 1024;

export type CallRing = {
  add(entry: CallEntry): void;
  /** The oldest records after the cursor, as `decodeCallPage` reads them. */
  read(cursor: string | null): Buffer;
};

/**
 * Keeps the last calls until the platform takes them, as bytes in blocks that are used again: the records of half a second
 * would otherwise be moved by the garbage collector until they are taken. Bounded, so the oldest block may be dropped.
 */
export const createCallRing = ({
  bootId,
  sheetsMax = SHEETS_MAX,
  sheetRecords = SHEET_RECORDS,
  sharedBytesMax = SHARED_BYTES_MAX,
  bodyBytesMax = BODY_BYTES_MAX,
}: {
  bootId: string;
  sheetsMax?: number;
  sheetRecords?: number;
  /** Of each sheet. */
  sharedBytesMax?: number;
  /** Of arguments and results in all sheets; calls beyond are kept without them. */
  bodyBytesMax?: number;
}): CallRing => {
  const spare: CallSheet[] = [];
  const newSheet = (start: number) =>
    (spare.pop() ?? new CallSheet({ records: sheetRecords, sharedBytesMax })).begin(start);

  const sheets: CallSheet[] = [];
  let last = newSheet(0);
  sheets.push(last);

  const dropFirst = () => {
    const first = sheets.shift();
    if (first) spare.push(first);
  };

  const hasRoomFor = (bodies: CallBodies): boolean =>
    sheets.reduce((sum, { bodyBytes }) => sum + bodyBytes, sizeOfBodies(bodies)) <= bodyBytesMax;

  /** The number of the record after the cursor; null for a cursor of another host, or of nonsense. */
  const after = (cursor: string | null): number | null => {
    const dot = cursor?.lastIndexOf('.') ?? -1;
    if (cursor === null || cursor.slice(0, dot) !== bootId) return null;
    const number = Number(cursor.slice(dot + 1));
    return Number.isSafeInteger(number) && number >= 0 && number <= last.end ? number : null;
  };

  return {
    add(entry) {
      if (last.isFull) {
        if (sheets.length >= sheetsMax) dropFirst();
        last = newSheet(last.end);
        sheets.push(last);
      }
      last.add(entry.bodies === null || hasRoomFor(entry.bodies) ? entry : { ...entry, bodies: null });
    },
    read(cursor) {
      const wanted = after(cursor) ?? 0;
      // A cursor is read from where the calls before it are stored.
      while (sheets.length > 1 && (sheets[0]?.end ?? 0) <= wanted) dropFirst();
      const [first] = sheets;
      const from = Math.max(wanted, first?.start ?? 0);
      const facts = { lost: from - wanted, cursor: `${bootId}.${from}`, more: false };
      if (first === undefined || from === first.end)
        return encodeCallPage({ ...facts, callers: [], targets: [], bodies: [] }, new Uint8Array());
      return first.encode(from, { ...facts, cursor: `${bootId}.${first.end}`, more: sheets.length > 1 });
    },
  };
};
