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
  private held: Buffer = NOTHING;

  constructor(lastEventId: string | null) {
    this.lastEventId = lastEventId;
  }

  /** Returns the bytes that may go on now: whole events, or all of an event that is too large to be held. */
  push(chunk: Buffer): Buffer {
    const bytes = this.held.length === 0 ? chunk : Buffer.concat([this.held, chunk]);
    const end = endOfEvents(bytes);
    if (end > 0) {
      this.isTorn = false;
      this.note(bytes.toString('latin1', 0, end));
    }
    const rest = bytes.length - end;
    if (rest > HELD_BYTES_MAX || this.isTorn) {
      this.isTorn = rest > 0;
      this.held = NOTHING;
      return bytes;
    }
    // a copy: a slice would keep the whole chunk of the socket
    this.held = rest === 0 ? NOTHING : Buffer.from(bytes.subarray(end));
    return bytes.subarray(0, end);
  }

  /** Forgets the part of an event whose rest will not come. */
  drop(): void {
    this.held = NOTHING;
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

/** The offset behind the last blank line; 0 when there is none. */
function endOfEvents(bytes: Buffer): number {
  for (let at = bytes.length - 1; at > 0; at -= 1) {
    if (bytes[at] !== LINE_FEED) continue;
    const before = bytes[at - 1] === CARRIAGE_RETURN ? at - 2 : at - 1;
    if (before >= 0 && bytes[before] === LINE_FEED) return at + 1;
  }
  return 0;
}
