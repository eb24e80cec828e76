import type { ServerResponse } from 'node:http';
import type { OpenCalls } from '../calls/open-calls.ts';
import { TRANSLATED_HEADER } from '../header-contract.ts';
import { ERROR_MARK, sendJson } from './answers.ts';
import { type EventStream, SSE_HEADERS } from './event-stream.ts';
import { type Envelope, errorMessage, RPC } from './json-rpc.ts';
import { requestIdOf } from './request-id.ts';
import type { OpenReply, Session } from './session.ts';

const TRANSLATED = { [TRANSLATED_HEADER]: '1' };

export type ReplyOptions = {
  response: ServerResponse;
  session: Session;
  /** Requests in the POST that are not answered yet. */
  outstanding: number;
  now: number;
  /** The client understands an empty first event (2025-11-25). */
  primed: boolean;
  /** The id of a single request, under which it fails if its session ends; null for a batch. */
  id?: string | null;
  /** The request was a batch (2025-03-26), so its answer is one as well. */
  isBatch?: boolean;
  /** The request is `subscriptions/listen`. */
  listens?: boolean;
  /** The calls among its requests, for the call log. */
  calls?: OpenCalls | null;
};

/**
 * One POST with requests in it. A call that needs only its answer gets plain JSON; the first other message (progress,
 * a log line, a server's request), or the passing of a moment, turns the answer into an event stream. A class, not a
 * closure: one is made for every call.
 */
export class Reply implements OpenReply {
  readonly session: Session;
  readonly startedAt: number;
  outstanding: number;
  /** The client went away before anything was sent: it cannot resume, and the answer is lost. */
  lost = false;
  stream: EventStream | null = null;
  onGone: (() => void) | null = null;
  /** Sees the answer to a single request. */
  onAnswer: ((message: string) => void) | null = null;
  translated = false;
  readonly listens: boolean;
  readonly #response: ServerResponse;
  readonly #primed: boolean;
  readonly #single: boolean;
  readonly #isBatch: boolean;
  readonly #id: string | null;
  readonly #calls: OpenCalls | null;

  constructor(options: ReplyOptions) {
    this.session = options.session;
    this.startedAt = options.now;
    this.outstanding = options.outstanding;
    this.#single = options.outstanding === 1;
    this.#isBatch = options.isBatch ?? false;
    this.listens = options.listens ?? false;
    this.#response = options.response;
    this.#id = options.id ?? null;
    this.#primed = options.primed;
    this.#calls = options.calls ?? null;
    this.#calls?.take(options.session);
    options.response.on('close', () => this.#closed());
  }

  get requestId(): string | null {
    return requestIdOf(this.#response.req);
  }

  get live(): boolean {
    return this.outstanding > 0 && !this.lost;
  }

  /** The client is on the line. */
  get connected(): boolean {
    return !this.lost && (this.stream === null || this.stream.connected);
  }

  /** Called when the session ends under the call, which the child will not answer any more. */
  onSessionEnd(now: number): void {
    this.outstanding = 0;
    this.#calls?.lost();
    const message = 'The session has ended. Send a new initialize request.';
    const error = errorMessage(this.#id, RPC.SESSION_NOT_FOUND, message);
    if (this.stream) {
      if (this.#id !== null) this.stream.send(error, now);
      this.stream.end(now);
    } else if (!this.lost) sendJson(this.#response, 404, error);
  }

  onCancelled(id: string, notification: Envelope): void {
    this.#calls?.cancelled(id, notification);
  }

  #closed(): void {
    if (this.outstanding === 0) return;
    if (this.stream?.dialect === 'resumable') this.stream.disconnect(this.#response, this.session.clock());
    else {
      this.lost = true;
      this.session.replies.delete(this);
      this.#calls?.lost();
    }
    this.onGone?.();
  }

  /** Turns the answer into an event stream, once. */
  openStream(now: number): EventStream | null {
    if (this.lost) return null;
    if (this.stream) return this.stream;
    const stream = this.session.openStream();
    this.stream = stream;
    this.#response.writeHead(200, this.translated ? { ...SSE_HEADERS, ...TRANSLATED } : SSE_HEADERS);
    stream.connect(this.#response, { now, primed: this.#primed && this.session.dialect === 'resumable' });
    return stream;
  }

  send(message: string, now: number): void {
    this.openStream(now)?.send(message, now);
  }

  answer(message: string, now: number, status = 200): void {
    this.outstanding -= 1;
    this.onAnswer?.(message);
    if (this.stream || !this.#single) {
      this.send(message, now);
      if (this.outstanding === 0) this.stream?.end(now);
    } else if (!this.lost) {
      const body = this.#isBatch ? `[${message}]` : message;
      this.#response.writeHead(status, {
        'content-type': 'application/json',
        'content-length': body.length,
        ...(status >= 400 ? ERROR_MARK : {}),
        ...(this.translated ? TRANSLATED : {}),
      });
      this.#response.end(body, 'latin1');
    }
    if (this.outstanding === 0) this.session.replies.delete(this);
    this.#calls?.answered(message);
  }
}
