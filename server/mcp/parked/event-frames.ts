const NOTHING = Buffer.alloc(0);
/** A part of an event that is held back until the rest comes; of a larger one the bytes pass as they come. */
const HELD_BYTES_MAX = 1024 * 1024;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/**
 * Cuts an event stream where events end, so that a stream that loses its machine stops between two events, and
 * remembers the id of the last event (HTML, server-sent events, section 9.2.6).
 */
export class EventFrames {
  /** The id of the last whole event; null while none had one. */
  lastEventId: string | null;
  /** A part of an event was passed on, whose rest has not come. */
  isTorn = false;
  /** Has room for more than is held, and grows by doubling: a server may send an event byte by byte. */
  private held = NOTHING;
  private heldBytes = 0;
  /** A line end came last, and the next one ends the event. */
  private isAtLineStart = false;

  constructor(lastEventId: string | null) {
    this.lastEventId = lastEventId;
  }

  /** Returns the bytes that may go on now: whole events, or all of an event that is too large to be held. */
  push(chunk: Buffer): Buffer {
    const end = this.endOfEvents(chunk);
    const whole = end > 0 ? this.take(chunk.subarray(0, end)) : NOTHING;
    const rest = chunk.subarray(end);
    if (end > 0) {
      this.isTorn = false;
      this.note(whole.toString('latin1'));
    }
    if (this.isTorn || this.heldBytes + rest.length > HELD_BYTES_MAX) {
      this.isTorn = rest.length > 0 || this.isTorn;
      return Buffer.concat([whole, this.take(rest)]);
    }
    if (rest.length > 0) this.hold(rest);
    return whole;
  }

  /** Forgets the part of an event whose rest will not come. */
  drop(): void {
    this.held = NOTHING;
    this.heldBytes = 0;
    this.isAtLineStart = false;
  }

  /** Copies the bytes: a slice would keep the whole chunk of the socket. */
  private hold(bytes: Buffer): void {
    const size = this.heldBytes + bytes.length;
    if (size > this.held.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(size, this.held.length * 2));
      this.held.copy(larger, 0, 0, this.heldBytes);
      this.held = larger;
    }
    bytes.copy(this.held, this.heldBytes);
    this.heldBytes = size;
  }

  /** Returns the bytes that were held back, with the given ones behind them. */
  private take(bytes: Buffer): Buffer {
    const whole = this.heldBytes === 0 ? bytes : Buffer.concat([this.held.subarray(0, this.heldBytes), bytes]);
    this.held = NOTHING;
    this.heldBytes = 0;
    return whole;
  }

  /** The offset behind the last blank line in the chunk, which may have begun in the chunk before; 0 without one. */
  private endOfEvents(chunk: Buffer): number {
    let end = 0;
    let isAtLineStart = this.isAtLineStart;
    for (let at = 0; at < chunk.length; at += 1) {
      const byte = chunk[at];
      if (byte === LINE_FEED) {
        if (isAtLineStart) end = at + 1;
        isAtLineStart = true;
      } else if (byte !== CARRIAGE_RETURN) {
        const next = chunk.indexOf(LINE_FEED, at);
        isAtLineStart = false;
        at = next === -1 ? chunk.length : next - 1;
      }
    }
    this.isAtLineStart = isAtLineStart;
    return end;
  }

  private note(events: string): void {
    let at = events.lastIndexOf('\nid:') + 1;
    if (at === 0 && !events.startsWith('id:')) return;
    at += 'id:'.length;
    const end = events.indexOf('\n', at);
    const id = events.slice(at, end).trim();
    if (id !== '' && !id.includes('\0')) this.lastEventId = id;
  }
}
