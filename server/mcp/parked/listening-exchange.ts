import type { Dispatcher } from 'undici';
import { EVENT_STREAM_HEADER } from '#deploy/host/header-contract.ts';
import type { OfferDigests } from '#server/domain/deployments/rows/offer.ts';
import { peekBody } from '../body-peek.ts';
import { Exchange, type ExchangeParts } from '../exchange.ts';
import { REQUEST_ID_ANSWER_HEADER } from '../refusal.ts';
import { toUpstreamHeaders } from '../request-head.ts';
import { readResponseHead, SAFETY_HEADERS } from '../response-head.ts';
import type { MachineTarget } from '../route.ts';
import { splitSessionId } from '../session-id.ts';
import type { Sockets } from '../upstream.ts';
import { EventFrames } from './event-frames.ts';
import { lastEventIdOf, withoutHeader } from './listening-request.ts';

/** A client that leaves this much unread is cut off. */
const UNREAD_BYTES_MAX = 64 * 1024;
/** The member of a filter that asks for a notification (2026-07-28, subscriptions). */
const FILTERS: Record<string, string> = {
  'notifications/tools/list_changed': '"toolsListChanged"',
  'notifications/prompts/list_changed': '"promptsListChanged"',
  'notifications/resources/list_changed': '"resourcesListChanged"',
};
const ACKNOWLEDGED = '"notifications/subscriptions/acknowledged"';
const SUBSCRIPTION_ID = 'io.modelcontextprotocol/subscriptionId';

export type ListeningParts = ExchangeParts & {
  /** The machine let go of the stream; `finish` ends it as it would end without this layer. */
  onLost: (exchange: ListeningExchange, finish: () => void) => void;
};

/**
 * A stream that only listens. It outlives the connection to its machine: it is parked while the machine sleeps, and is
 * opened there again afterwards. Bytes pass at the ends of events only.
 */
export class ListeningExchange extends Exchange {
  /** It has no connection to its machine, and its client does not know. */
  isParked = false;
  /** The lists as its client may have seen them before the machine fell asleep. */
  lists: OfferDigests | null | Promise<OfferDigests | null> = null;
  private readonly listening: ListeningParts;
  private readonly frames: EventFrames;
  private leg: Leg | null = null;
  private body: Buffer | null = null;
  /** The client has the head of an event stream. */
  private isEstablished = false;
  /** It is being opened at its machine again. */
  isReopening = false;
  /** The events of a stream that is opened again begin with another acknowledgment. */
  private dropsAcknowledgment = false;

  constructor(parts: ListeningParts) {
    super(parts);
    this.listening = parts;
    this.frames = new EventFrames(lastEventIdOf(parts.request));
  }

  /** The session of a GET stream; null for the others. */
  private get session(): string | null {
    return this.request.head.sessionId;
  }

  /** The connection of HTTP+SSE, by the id that the host gave it; null for the others, and before the host has named it. */
  private get connection(): string | null {
    return this.parts.rewriter?.connection ?? null;
  }

  /** The machine that holds its session; null where any machine of the deployment will do. */
  get machineId(): string | null {
    if (this.parts.rewriter !== null) return this.parts.target.machineId;
    return this.session === null ? null : (splitSessionId(this.session)?.machineId ?? '');
  }

  /** The protocol version of its client; empty where the client does not name one. */
  get version(): string {
    return this.request.head.protocolVersion ?? '';
  }

  get canPark(): boolean {
    if (this.over || this.frames.isTorn) return false;
    if (this.parts.rewriter !== null) return this.connection !== null;
    return this.isEstablished || (this.session !== null && !this.res.headersSent);
  }

  /** Opens the stream while the machine sleeps, with the acknowledgment of `subscriptions/listen`. */
  startParked(acknowledgment: string | null): void {
    this.res.on('close', this.onClose);
    this.isParked = true;
    this.body = this.request.body;
    if (this.body !== null) this.peek = peekBody(this.body, true);
    this.answerParked();
    if (acknowledgment !== null) this.res.write(`event: message\ndata: ${acknowledgment}\n\n`);
  }

  private answerParked(): void {
    const { requestId, cors } = this.request;
    const { session } = this;
    const headers = ['content-type', 'text/event-stream', 'cache-control', 'no-cache, no-transform'];
    headers.push('x-accel-buffering', 'no', REQUEST_ID_ANSWER_HEADER, requestId);
    if (session !== null) headers.push('mcp-session-id', session);
    this.status = 200;
    this.kind = 'stream';
    this.isEstablished = true;
    this.res.writeHead(200, [...headers, ...SAFETY_HEADERS, ...cors]);
    this.res.write(':\n\n');
  }

  /** Lets go of the machine, which is asleep. */
  park(): void {
    const { controller } = this;
    this.leg = null;
    this.controller = null;
    this.isReopening = false;
    this.isParked = true;
    this.frames.drop();
    controller?.abort(new Error('The machine is asleep.'));
    if (!this.isEstablished) this.answerParked();
  }

  /** Opens the stream again, at a machine that is awake. */
  reopen(upstream: Sockets, target: MachineTarget): void {
    this.isReopening = true;
    this.dropsAcknowledgment = this.body !== null;
    this.dispatch(upstream, target);
  }

  keepAlive(): void {
    if (this.over) return;
    if (this.res.writableLength > UNREAD_BYTES_MAX) this.res.destroy();
    else this.res.write(':\n\n');
  }

  /** Sends a notification without parameters of its own. */
  announce(method: string): void {
    if (this.over || (this.body !== null && !this.body.includes(FILTERS[method] ?? ''))) return;
    const params = this.body === null ? {} : { params: { _meta: { [SUBSCRIPTION_ID]: this.peek?.id ?? null } } };
    this.res.write(`event: message\ndata: ${JSON.stringify({ jsonrpc: '2.0', method, ...params })}\n\n`);
  }

  /** Ends the stream as a server ends one on purpose: its client listens again. */
  override release(): void {
    if (!this.isEstablished) {
      super.release();
      return;
    }
    if (this.over) return;
    this.over = true;
    const id = this.peek?.id;
    if (this.body === null || id == null) this.res.end();
    else {
      const result = { resultType: 'complete', _meta: { [SUBSCRIPTION_ID]: id } };
      this.res.end(`event: message\ndata: ${JSON.stringify({ jsonrpc: '2.0', id, result })}\n\n`);
    }
    this.controller?.abort(new Error('The stream has ended.'));
  }

  protected override send(upstream: Sockets, body: Buffer | AsyncIterable<Uint8Array> | null): void {
    if (this.over) return;
    if (body !== null && !Buffer.isBuffer(body)) {
      readWhole(body).then(
        (whole) => this.send(upstream, whole),
        () => {}, // the client left, or was refused
      );
      return;
    }
    this.body = body;
    this.dispatch(upstream, this.parts.target);
  }

  private dispatch(upstream: Sockets, target: MachineTarget): void {
    const { method, head, requestId } = this.request;
    const { upstreamPath: path, principal, sessionId } = this.parts;
    const { lastEventId } = this.frames;
    const forward = withoutHeader(head.forward, 'last-event-id');
    if (lastEventId !== null) forward.push('last-event-id', lastEventId);
    if (this.isReopening && this.connection !== null) forward.push(EVENT_STREAM_HEADER, this.connection);
    const headers = toUpstreamHeaders({ ...head, forward }, target, principal, requestId, sessionId);
    this.leg = new Leg(this);
    upstream.dispatch(target.origin, { method, path, headers, body: this.body }, this.leg);
  }

  isOn(leg: Leg): boolean {
    return this.leg === leg;
  }

  override onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    if (!this.isReopening) {
      super.onResponseStart(controller, status, headers);
      this.isEstablished = status === 200 && this.kind === 'stream' && !this.over;
      return;
    }
    if (this.over || status < 200) return;
    this.isReopening = false;
    const head = readResponseHead(status, headers, this.parts.target.machineId);
    const isSame = this.connection === null || headers[EVENT_STREAM_HEADER] === this.connection;
    if (status === 200 && head.ok && head.kind === 'stream' && isSame) this.isParked = false;
    else this.release(); // the session is gone: its client learns that from the request for its next stream
  }

  override onResponseData(controller: Dispatcher.DispatchController, data: Buffer): void {
    if (!this.isEstablished) {
      super.onResponseData(controller, data);
      return;
    }
    const events = this.withoutAcknowledgment(this.frames.push(data));
    if (events.length > 0) super.onResponseData(controller, events);
  }

  override onResponseEnd(): void {
    if (!this.isEstablished) super.onResponseEnd();
    else if (!this.over) this.lose(() => super.onResponseEnd());
  }

  override onResponseError(controller: Dispatcher.DispatchController, error: Error): void {
    if (!this.isEstablished) super.onResponseError(controller, error);
    else if (!this.over) this.lose(() => super.onResponseError(controller, error));
  }

  private lose(finish: () => void): void {
    this.leg = null;
    this.controller = null;
    this.isReopening = false;
    this.listening.onLost(this, finish);
  }

  private withoutAcknowledgment(events: Buffer): Buffer {
    if (!this.dropsAcknowledgment || events.length === 0) return events;
    const text = events.toString('latin1');
    const at = text.indexOf(ACKNOWLEDGED);
    if (at === -1) return events;
    this.dropsAcknowledgment = false;
    const before = text.lastIndexOf('\n\n', at);
    const start = before === -1 ? 0 : before + 2;
    const end = text.indexOf('\n\n', at) + 2;
    return Buffer.concat([events.subarray(0, start), events.subarray(end)]);
  }
}

async function readWhole(body: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** One connection of the stream to a machine. Late data of an earlier connection is dropped. */
class Leg implements Dispatcher.DispatchHandler {
  private readonly exchange: ListeningExchange;

  constructor(exchange: ListeningExchange) {
    this.exchange = exchange;
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (this.exchange.isOn(this)) this.exchange.onRequestStart(controller);
    else controller.abort(new Error('The stream was parked.'));
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    if (this.exchange.isOn(this)) this.exchange.onResponseStart(controller, status, headers);
  }

  onResponseData(controller: Dispatcher.DispatchController, data: Buffer): void {
    if (this.exchange.isOn(this)) this.exchange.onResponseData(controller, data);
  }

  onResponseEnd(): void {
    if (this.exchange.isOn(this)) this.exchange.onResponseEnd();
  }

  onResponseError(controller: Dispatcher.DispatchController, error: Error): void {
    if (this.exchange.isOn(this)) this.exchange.onResponseError(controller, error);
  }
}
