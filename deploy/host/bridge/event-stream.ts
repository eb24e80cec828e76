import type { ServerResponse } from 'node:http';

/** A client that reads slower than this much behind is cut off; it can resume with Last-Event-ID. */
const UNREAD_BYTES_MAX = 32 * 1024 * 1024;
const REPLAY_BYTES_MAX = 8 * 1024 * 1024;
const REPLAY_EVENTS_MAX = 1_000;
const RECONNECT_MS = 1_000;

export const SSE_HEADERS = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-cache, no-transform',
  'x-accel-buffering': 'no',
};

type Frame = { sequence: number; text: string };

/**
 * How events are written. `resumable`: with ids, kept for replay (2025). `plain`: neither (2026, where a closed stream
 * is a cancelled call). `named`: as HTTP+SSE of 2024 has them.
 */
export type StreamDialect = 'resumable' | 'plain' | 'named';

/**
 * One server-sent event stream of a session: lives on when its connection drops, keeps its last events (bounded) and
 * goes on where `Last-Event-ID` says. Event ids are `{stream}_{sequence}`.
 */
export class EventStream {
  readonly name: string;
  readonly dialect: StreamDialect;
  ended = false;
  /** When the stream ended or lost its connection, in the bridge's active time; null while connected. */
  idleSince: number | null = null;
  #response: ServerResponse | null = null;
  #frames: Frame[] = [];
  #bytes = 0;
  #sequence = 0;
  /** The newest event that was written to any connection. */
  #delivered = 0;
  #lastWrite = 0;
  #retains = false;

  constructor(name: string, dialect: StreamDialect = 'resumable') {
    this.name = name;
    this.dialect = dialect;
  }

  get connected(): boolean {
    return this.#response !== null;
  }

  get bufferedBytes(): number {
    return this.#bytes;
  }

  /**
   * Connects a response and sends it the messages after event `after`, or else those that were not sent to any
   * response yet. `primed`: the client understands an empty first event.
   */
  connect(response: ServerResponse, options: { now: number; primed: boolean; after?: number }): void {
    this.#response?.end();
    this.#response = response;
    if (!this.ended) this.idleSince = null;
    this.#lastWrite = options.now;
    const after = options.after ?? (this.#retains ? 0 : this.#delivered);
    let head = options.primed ? `id: ${this.name}_${after}\nretry: ${RECONNECT_MS}\ndata: \n\n` : ':\n\n';
    for (const frame of this.#frames) if (frame.sequence > after) head += frame.text;
    this.#delivered = this.#sequence;
    response.write(head, 'latin1');
    if (this.#retains) {
      this.#retains = false;
      this.forget();
    }
    if (this.ended) this.#finish();
  }

  /**
   * Keeps what is sent from now on for the next connection, also what is written to this one: its machine falls asleep,
   * and the other end may be gone unnoticed. For streams whose events have no ids.
   */
  retain(): void {
    this.forget();
    this.#retains = true;
  }

  /** Gives up what was kept for replay. */
  forget(): void {
    this.#frames = [];
    this.#bytes = 0;
  }

  disconnect(response: ServerResponse, now: number): void {
    if (this.#response !== response) return;
    this.#response = null;
    this.idleSince = now;
  }

  /** Lets go of the connection; its client comes back with Last-Event-ID. */
  hangUp(now: number): void {
    this.#response?.end();
    this.#response = null;
    this.idleSince = now;
  }

  send(message: string, now: number): void {
    if (this.ended) return;
    // A lone carriage return is white space in JSON but ends a line of an event stream.
    const data = message.includes('\r') ? message.replaceAll('\r', ' ') : message;
    const isKept = this.dialect === 'resumable' || this.#retains;
    if (isKept) this.#sequence += 1;
    const text = this.#frameOf(data);
    if (!isKept) {
      this.#write(text, now);
      return;
    }
    this.#frames.push({ sequence: this.#sequence, text });
    this.#bytes += text.length;
    while (this.#frames.length > REPLAY_EVENTS_MAX || (this.#bytes > REPLAY_BYTES_MAX && this.#frames.length > 1))
      this.#bytes -= this.#frames.shift()?.text.length ?? 0;
    this.#write(text, now);
  }

  #frameOf(data: string): string {
    switch (this.dialect) {
      case 'resumable':
        return `id: ${this.name}_${this.#sequence}\ndata: ${data}\n\n`;
      case 'named':
        return `event: message\ndata: ${data}\n\n`;
      case 'plain':
        return `data: ${data}\n\n`;
    }
  }

  #write(text: string, now: number): void {
    const response = this.#response;
    if (response === null) return;
    // Asked before the write: one large message is no slow reader.
    if (response.writableLength > UNREAD_BYTES_MAX) {
      response.destroy();
      return;
    }
    this.#lastWrite = now;
    this.#delivered = this.#sequence;
    response.write(text, 'latin1');
  }

  /** Something at least every 25 s, or proxies on the way close the connection. */
  keepAlive(now: number, intervalMs: number): void {
    if (now - this.#lastWrite >= intervalMs) this.#write(': keep-alive\n\n', now);
  }

  end(now: number): void {
    if (this.ended) return;
    this.ended = true;
    this.idleSince = now;
    this.#finish();
  }

  #finish(): void {
    this.#response?.end();
    this.#response = null;
  }
}
