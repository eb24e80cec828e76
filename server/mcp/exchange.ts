import type { ServerResponse } from 'node:http';
import type { Dispatcher } from 'undici';
import { TRANSLATED_HEADER } from '#deploy/host/header-contract.ts';
import type { Grant } from './access.ts';
import { type BodyPeek, looksLikeError, peekBody, readsLikeError } from './body-peek.ts';
import type { PartsOf } from './exchange-parts.ts';
import type { EndpointRequest } from './gate.ts';
import type { OpenExchange } from './open-exchanges.ts';
import { readProxyError } from './proxy-errors.ts';
import { REQUEST_ID_ANSWER_HEADER, type Refusal, refuse, sendRefusal, toRpcError } from './refusal.ts';
import * as refusals from './refusals.ts';
import { readBody } from './request-body.ts';
import { toUpstreamHeaders } from './request-head.ts';
import { drainRequest } from './request-rpc-id.ts';
import { type AnswerKind, readResponseHead, SAFETY_HEADERS } from './response-head.ts';
import type { Sockets } from './upstream.ts';
import { refusalOfFailure } from './upstream-failure.ts';

const MEGABYTE = 1024 * 1024;
export const BODY_BYTES_MAX = 4 * MEGABYTE;
const JOINED_BYTES_MAX = 8_192;

export type ExchangeParts = PartsOf<Exchange>;

/**
 * One request, piped through. The request's chunks go up and the answer's chunks come down as they arrive, each side
 * pausing the other. A class, not a closure, because undici calls a handler's methods and one is made per request.
 */
export class Exchange implements OpenExchange, Dispatcher.DispatchHandler {
  readonly parts: ExchangeParts;
  readonly deploymentId: string;
  readonly ownerId: string;
  readonly network: string | null;
  readonly grant: Grant;
  readonly state: string | null;
  peek: BodyPeek | null = null;
  status = 0;
  bytesIn = 0;
  bytesOut = 0;
  hasError = false;
  /** The host translated it between the eras. */
  isTranslated = false;
  /** Why it ended on our side. */
  endedBy: string | null = null;
  readonly request: EndpointRequest;
  protected readonly res: ServerResponse;
  protected controller: Dispatcher.DispatchController | null = null;
  protected kind: AnswerKind | null = null;
  private contentLength: number | null = null;
  /** The head of an answer that should have no body, until that is certain. */
  private bare: string[] | null = null;
  private awaitsDrain = false;
  /** The body is being read here. */
  private isReading = false;
  /** Nothing more may be sent: answered, failed, or the client left. */
  protected over = false;

  constructor(parts: ExchangeParts) {
    this.parts = parts;
    this.request = parts.request;
    this.res = parts.request.res;
    this.deploymentId = parts.deploymentId;
    this.ownerId = parts.ownerId;
    this.network = parts.network;
    this.grant = parts.grant;
    this.state = parts.state;
  }

  start(upstream: Sockets): void {
    const { req, res, head, body } = this.request;
    res.on('close', this.onClose);
    if (body !== null) {
      this.bytesIn = body.length;
      this.peek = peekBody(body, true);
      this.send(upstream, body);
      return;
    }
    if (!head.hasBody) {
      this.send(upstream, null);
      return;
    }
    if (head.contentLength !== null && head.contentLength > BODY_BYTES_MAX) {
      this.end(refusals.bodyTooLarge(BODY_BYTES_MAX / MEGABYTE));
      return;
    }
    this.isReading = true;
    let begun = false;
    // not “once”: its wrappers would be made and taken off again for every request
    req.on('data', (chunk: Buffer) => {
      if (begun) return;
      begun = true;
      this.begin(upstream, chunk);
    });
    req.on('end', () => {
      if (!begun) this.send(upstream, null);
    });
  }

  /** With the first chunk of the body, which is usually all of it. */
  private begin(upstream: Sockets, chunk: Buffer): void {
    if (this.over) return;
    const { req, head } = this.request;
    const isWhole = chunk.length === head.contentLength;
    this.peek = peekBody(chunk, isWhole);
    if (isWhole) {
      this.bytesIn = chunk.length;
      this.send(upstream, chunk);
      return;
    }
    req.pause();
    const onChunk = (one: Buffer): boolean => {
      this.bytesIn += one.length;
      if (this.bytesIn > BODY_BYTES_MAX) this.end(refusals.bodyTooLarge(BODY_BYTES_MAX / MEGABYTE));
      return !this.over;
    };
    this.send(upstream, readBody(req, chunk, onChunk));
  }

  protected send(upstream: Sockets, body: Buffer | AsyncIterable<Uint8Array> | null): void {
    if (this.over) return;
    const { method, head, requestId } = this.request;
    const { upstreamPath: path, target, principal, sessionId, caller, recordsBodies, trace } = this.parts;
    const headers = toUpstreamHeaders(
      head,
      target,
      principal,
      requestId,
      sessionId,
      caller,
      recordsBodies,
      trace?.traceparent,
    );
    upstream.dispatch(target.origin, { method, path, headers, body }, this);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.controller = controller;
    if (this.over) controller.abort(new Error('The client left.'));
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    upstreamHeaders: Record<string, string | string[] | undefined>,
  ): void {
    if (this.over || status < 200) return;
    const { target, deploymentId, onStale } = this.parts;
    const proxyError = status >= 400 ? readProxyError(target, status, upstreamHeaders) : null;
    if (proxyError !== null) {
      onStale(deploymentId);
      this.end(proxyError);
      return;
    }
    const head = readResponseHead(status, upstreamHeaders, target.machineId);
    if (!head.ok) {
      onStale(deploymentId);
      this.end(refusals.unacceptable(head.reason));
      return;
    }
    const { headers } = head;
    headers.push(REQUEST_ID_ANSWER_HEADER, this.request.requestId);
    for (const text of SAFETY_HEADERS) headers.push(text);
    for (const text of this.request.cors) headers.push(text);
    this.status = status;
    this.isTranslated = upstreamHeaders[TRANSLATED_HEADER] !== undefined;
    this.kind = head.kind;
    this.contentLength = head.contentLength;
    if (head.kind === 'empty') {
      this.bare = headers;
      return;
    }
    this.res.writeHead(status, headers);
    // the first bytes of the answer usually came in the same packet: let them share ours, else the head goes alone
    queueMicrotask(this.sendHead);
  }

  private readonly sendHead = (): void => {
    if (!this.over && this.bytesOut === 0) this.res.flushHeaders();
  };

  onResponseData(controller: Dispatcher.DispatchController, data: Buffer): void {
    if (this.over) return;
    if (this.bare !== null) {
      this.end(refusals.unacceptable('it sent something without saying what it is'));
      return;
    }
    let chunk = data;
    if (this.parts.rewriter !== null && this.kind === 'stream') {
      const rewritten = this.parts.rewriter.push(data);
      if (rewritten === null) {
        this.end(refusals.unacceptable('its event stream does not begin with an address'));
        return;
      }
      if (rewritten.length === 0) return;
      chunk = rewritten;
    }
    this.bytesOut += chunk.length;
    const isCall = this.peek !== null && this.peek.method !== null;
    const isWhole = chunk.length === this.contentLength;
    if (isWhole && chunk.length <= JOINED_BYTES_MAX) {
      this.over = true;
      const text = chunk.toString('latin1');
      if (isCall) this.hasError = readsLikeError(text);
      this.res.end(text, 'latin1'); // as text it is joined to the head: one buffer for the socket instead of two
      return;
    }
    if (isCall && !this.hasError) this.hasError = looksLikeError(chunk);
    if (isWhole) {
      this.over = true;
      this.res.end(chunk);
    } else if (!this.res.write(chunk) && !this.awaitsDrain) {
      this.awaitsDrain = true;
      controller.pause();
      this.res.once('drain', () => {
        this.awaitsDrain = false;
        controller.resume();
      });
    }
  }

  onResponseEnd(): void {
    if (this.over) return;
    this.over = true;
    if (this.bare !== null) this.res.writeHead(this.status, this.bare);
    this.res.end();
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    if (this.over) return;
    this.parts.onStale(this.deploymentId);
    this.end(refusalOfFailure(error));
  }

  /** Ends the exchange on our side, as readably as what has been sent already allows, and lets go of the machine. */
  end(reason: Refusal): void {
    if (this.over) return;
    this.over = true;
    this.hasError = true;
    this.endedBy = reason.code;
    const { res } = this;
    if (!res.headersSent) {
      this.status = reason.status;
      this.refuse(reason);
    } else if (this.kind === 'stream' && this.peek?.id != null) {
      const error = toRpcError(reason, this.request.requestId);
      const message = JSON.stringify({ jsonrpc: '2.0', id: this.peek.id, error });
      res.end(`\n\nevent: message\ndata: ${message}\n\n`); // the blank line first: the machine may have stopped in mid-event
    } else {
      res.destroy(); // without the end of the body: the client can tell that this was not all
    }
    this.controller?.abort(new Error(reason.message));
  }

  /** Ends a stream that only listens as a server ends one on purpose: its client listens again, at another instance. */
  release(): void {
    if (this.over || this.request.method !== 'GET' || !this.res.headersSent) return;
    this.over = true;
    this.res.end();
    this.controller?.abort(new Error('The server is stopping.'));
  }

  /** Under the id of the request, which has been read unless the body was refused for its size. */
  private refuse(reason: Refusal): void {
    const { req } = this.request;
    if (this.peek === null && !this.isReading) {
      refuse(req, this.res, reason, this.request);
      return;
    }
    sendRefusal(this.res, reason, this.request, this.peek?.id ?? null);
    drainRequest(req);
  }

  protected readonly onClose = (): void => {
    if (!this.res.writableFinished && !this.over) {
      this.over = true;
      if (this.status === 0) this.status = CLIENT_LEFT;
    }
    if (!this.res.writableFinished) this.controller?.abort(new Error('The client left.'));
    this.parts.onSettled(this);
  };
}

/** As nginx counts it: the client left before there was an answer. */
const CLIENT_LEFT = 499;
