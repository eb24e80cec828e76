import type { CallBodies, CallTrace } from '../call-contract.ts';
import { encodeCallPage } from '../call-page.ts';
import { type CallEntry, SLOT_BYTES, type SlotCaller, type SlotTarget, writeSlot } from '../call-slot.ts';
import { sizeOfBodies } from './call-bodies.ts';

/** Estimates what an entry of a list takes besides its texts. */
const ENTRY_BYTES = 128;
/** Estimates what the place of a call in a trace takes, with its texts. */
const TRACE_BYTES = 384;

/**
 * Consecutive records in one block of memory, with what they share beside it. The block outlives the records: a sheet is
 * used again, because memory outside the heap that comes and goes lets the garbage collector run early.
 */
export class CallSheet {
  /** The number of the first record. */
  start = 0;
  count = 0;
  readonly #slots: Uint8Array;
  readonly #view: DataView;
  readonly #size: number;
  readonly #sharedBytesMax: number;
  #sharedBytes = 0;
  #callers: SlotCaller[] = [];
  #targets: SlotTarget[] = [];
  /** Most calls in a row have the same caller: spares them the key. */
  #lastCaller: SlotCaller | null = null;
  #lastCallerAt = 0;
  readonly #bodies = new Map<number, CallBodies>();
  bodyBytes = 0;
  readonly #traces = new Map<number, CallTrace>();
  readonly #callerAt = new Map<string, number>();
  readonly #targetAt = new Map<string, number>();

  constructor({ records, sharedBytesMax }: { records: number; sharedBytesMax: number }) {
    this.#size = records;
    this.#sharedBytesMax = sharedBytesMax;
    this.#slots = new Uint8Array(records * SLOT_BYTES);
    this.#view = new DataView(this.#slots.buffer);
  }

  get isFull(): boolean {
    return this.count === this.#size || this.#sharedBytes >= this.#sharedBytesMax;
  }

  get end(): number {
    return this.start + this.count;
  }

  begin(start: number): this {
    this.start = start;
    this.count = 0;
    this.#sharedBytes = 0;
    this.#callers = [];
    this.#targets = [];
    this.#lastCaller = null;
    this.#bodies.clear();
    this.#traces.clear();
    this.bodyBytes = 0;
    this.#callerAt.clear();
    this.#targetAt.clear();
    return this;
  }

  add(entry: CallEntry): void {
    writeSlot(this.#view, this.count * SLOT_BYTES, entry, this.#positionOfCaller(entry), this.#positionOfTarget(entry));
    if (entry.bodies !== null) {
      this.#bodies.set(this.count, entry.bodies);
      this.bodyBytes += sizeOfBodies(entry.bodies);
    }
    if (entry.trace !== null) {
      this.#traces.set(this.count, entry.trace);
      this.#sharedBytes += TRACE_BYTES;
    }
    this.count += 1;
  }

  #positionOfCaller({ caller, client, sessionId, era }: CallEntry): number {
    const last = this.#lastCaller;
    if (
      last !== null &&
      last.caller === caller &&
      last.sessionId === sessionId &&
      last.era === era &&
      last.client?.name === client?.name &&
      last.client?.version === client?.version
    )
      return this.#lastCallerAt;
    // None of these parts but the last two can hold a line break.
    const key = `${caller}\n${sessionId}\n${era}\n${client === null ? '' : `${client.name}\n${client.version}`}`;
    let at = this.#callerAt.get(key);
    if (at === undefined) {
      at = this.#callers.push({ caller, client, sessionId, era }) - 1;
      this.#callerAt.set(key, at);
      this.#sharedBytes += ENTRY_BYTES + key.length;
    }
    this.#lastCaller = this.#callers[at] ?? null;
    this.#lastCallerAt = at;
    return at;
  }

  #positionOfTarget({ method, name }: CallEntry): number {
    const key = `${method}\n${name}`;
    const known = this.#targetAt.get(key);
    if (known !== undefined) return known;
    this.#sharedBytes += ENTRY_BYTES + key.length;
    this.#targetAt.set(key, this.#targets.length);
    return this.#targets.push({ method, name }) - 1;
  }

  /** The records from number `from` on, as an answer to the platform. */
  encode(from: number, facts: { cursor: string; lost: number; more: boolean }): Buffer {
    const slots = this.#slots.subarray((from - this.start) * SLOT_BYTES, this.count * SLOT_BYTES);
    const bodies = [...this.#bodies]
      .filter(([at]) => this.start + at >= from)
      .map(([at, { arguments: sent, result }]) => [this.start + at - from, sent, result] as const);
    const traces = [...this.#traces]
      .filter(([at]) => this.start + at >= from)
      .map(([at, trace]) => [this.start + at - from, trace] as const);
    return encodeCallPage({ ...facts, callers: this.#callers, targets: this.#targets, bodies, traces }, slots);
  }
}
