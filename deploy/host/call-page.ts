import type { CallPage, CallRecord, CallTrace } from './call-contract.ts';
import { readSlot, SLOT_BYTES, type SlotCaller, type SlotTarget } from './call-slot.ts';

export const CALL_PAGE_TYPE = 'application/vnd.catwalk.calls';

const LENGTH_BYTES = 4;

/** What stands before the slots of a page. */
export type PageHead = Omit<CallPage, 'records'> & {
  callers: readonly SlotCaller[];
  targets: readonly SlotTarget[];
  /** The position of a slot, its arguments and its result, of calls that have them. */
  bodies: readonly (readonly [number, string | null, string | null])[];
  /** The position of a slot and its place in a trace. Absent in hosts of older versions. */
  traces?: readonly (readonly [number, CallTrace])[];
};

/** The answer to `GET /calls`: the length of the head (uint32, little-endian), the head as JSON, and the slots. */
export const encodeCallPage = (head: PageHead, slots: Uint8Array): Buffer => {
  const text = Buffer.from(JSON.stringify(head));
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32LE(text.length);
  return Buffer.concat([length, text, slots]);
};

/** Reads what `encodeCallPage` has written. Records that cannot be read count as lost. Throws at bytes that are no page. */
export const decodeCallPage = (bytes: Buffer): CallPage => {
  const headEnd = LENGTH_BYTES + bytes.readUInt32LE(0);
  const {
    callers,
    targets,
    bodies: given,
    traces: traced = [],
    ...page
  } = JSON.parse(bytes.toString('utf8', LENGTH_BYTES, headEnd)) as PageHead; // see above
  const records: CallRecord[] = [];
  const bodies = new Map(given.map(([at, sent, result]) => [at, { arguments: sent, result }]));
  const traces = new Map(traced);
  let unread = 0;
  for (let at = headEnd; at + SLOT_BYTES <= bytes.length; at += SLOT_BYTES) {
    const record = readSlot(bytes, at, { callers, targets });
    const position = (at - headEnd) / SLOT_BYTES;
    if (record) records.push({ ...record, bodies: bodies.get(position) ?? null, trace: traces.get(position) ?? null });
    else unread += 1;
  }
  return { ...page, records, lost: page.lost + unread };
};
