import { CALL_OUTCOMES, type CallRecord, type RecordedMethod } from './call-contract.ts';

/**
 * A record as bytes of a fixed size, little-endian, so that a host can keep thousands of them without one object on its
 * heap. What many calls share (their callers, what they call) stands beside the slots, and a slot has its position.
 *
 *     0 float64  milliseconds since 1970        28 int32   code of the JSON-RPC error; NO_CODE without one
 *     8 float64  duration in milliseconds       32 uint16  position of the caller
 *    16 uint32   milliseconds of waiting        34 uint16  position of what is called
 *    20 uint32   bytes of the request           36 uint8   position of the outcome in CALL_OUTCOMES
 *    24 uint32   bytes of the answer            37 uint8   length of the request's id, which follows as ASCII
 */
export const SLOT_BYTES = 104;
const ID_AT = 38;
const ID_BYTES_MAX = SLOT_BYTES - ID_AT;
const NO_CODE = -(2 ** 31);
const UINT32_MAX = 2 ** 32 - 1;

/** What the calls of one caller share. */
export type SlotCaller = Pick<CallRecord, 'caller' | 'client' | 'sessionId' | 'era'>;
export type SlotTarget = { method: RecordedMethod; name: string };

/** A call as a host notes it. */
export type CallEntry = Omit<CallRecord, 'at'> & {
  /** Milliseconds since 1970. */
  atMs: number;
};

const toUint32 = (value: number): number => Math.min(UINT32_MAX, Math.max(0, Math.round(value)));

const toCode = (code: number | null): number =>
  code !== null && Number.isInteger(code) && Math.abs(code) < 2 ** 31 ? code : NO_CODE;

export const writeSlot = (view: DataView, at: number, entry: CallEntry, caller: number, target: number): void => {
  view.setFloat64(at, entry.atMs, true);
  view.setFloat64(at + 8, entry.durationMs, true);
  view.setUint32(at + 16, toUint32(entry.waitedMs), true);
  view.setUint32(at + 20, toUint32(entry.bytesIn), true);
  view.setUint32(at + 24, toUint32(entry.bytesOut), true);
  view.setInt32(at + 28, toCode(entry.errorCode), true);
  view.setUint16(at + 32, caller, true);
  view.setUint16(at + 34, target, true);
  view.setUint8(at + 36, CALL_OUTCOMES.indexOf(entry.outcome));
  const { requestId } = entry;
  const length = requestId === null ? 0 : Math.min(requestId.length, ID_BYTES_MAX);
  view.setUint8(at + 37, length);
  for (let i = 0; i < length; i += 1) view.setUint8(at + ID_AT + i, requestId?.charCodeAt(i) ?? 0);
};

/** The record in a slot; null where the bytes name what is not beside them. */
export const readSlot = (
  bytes: Buffer,
  at: number,
  { callers, targets }: { callers: readonly SlotCaller[]; targets: readonly SlotTarget[] },
): Omit<CallRecord, 'bodies' | 'trace'> | null => {
  const caller = callers[bytes.readUInt16LE(at + 32)];
  const target = targets[bytes.readUInt16LE(at + 34)];
  const outcome = CALL_OUTCOMES[bytes.readUInt8(at + 36)];
  const atMs = bytes.readDoubleLE(at);
  if (!caller || !target || !outcome || !(Math.abs(atMs) <= 8.64e15)) return null;
  const code = bytes.readInt32LE(at + 28);
  const length = Math.min(bytes.readUInt8(at + 37), ID_BYTES_MAX);
  return {
    at: new Date(atMs).toISOString(),
    ...caller,
    ...target,
    outcome,
    errorCode: code === NO_CODE ? null : code,
    durationMs: Math.round(bytes.readDoubleLE(at + 8) * 100) / 100,
    waitedMs: bytes.readUInt32LE(at + 16),
    bytesIn: bytes.readUInt32LE(at + 20),
    bytesOut: bytes.readUInt32LE(at + 24),
    requestId: length === 0 ? null : bytes.toString('latin1', at + ID_AT, at + ID_AT + length),
  };
};
