import type { Dispatcher } from 'undici';
import { beforeEach, expect, test } from 'vitest';
import { responseOf } from '#deploy/response.testing.ts';
import { BODY_BYTES_MAX, Exchange, type ExchangeParts } from './exchange.ts';
import { createEndpointEventRewriter } from './legacy-sse.ts';
import * as refusals from './refusals.ts';
import { readHead } from './request-head.ts';
import { testTarget } from './route.testing.ts';
import type { UpstreamRequest } from './upstream.ts';

const MEGABYTE = 1024 * 1024;
const CALL = '{"jsonrpc":"2.0","method":"tools/call","params":{"name":"add"},"id":7}';
const JSON_HEAD = { 'content-type': 'application/json' };
const STREAM_HEAD = { 'content-type': 'text/event-stream' };

let dispatched: UpstreamRequest[];
let aborts: string[];
let flow: string[];
let stale: string[];
let settled: Exchange[];
let controller: Dispatcher.DispatchController;

beforeEach(() => {
  [dispatched, aborts, flow, stale, settled] = [[], [], [], [], []];
  controller = {
    aborted: false,
    paused: false,
    reason: null,
    rawHeaders: null,
    rawTrailers: null,
    abort: ({ message }) => void aborts.push(message),
    pause: () => void flow.push('pause'),
    resume: () => void flow.push('resume'),
  };
});

type Options = { method?: 'GET' | 'POST'; headers?: string[]; isStalled?: boolean; parts?: Partial<ExchangeParts> };

/** An exchange that has begun; `body` arrives as one chunk, with its length unless the headers say otherwise. */
function begin(body: string | Buffer | null, options: Options = {}) {
  const { request: req, response: res, ...client } = responseOf(options);
  const bytes = body === null ? null : Buffer.from(body);
  const length = bytes === null ? [] : ['content-length', String(bytes.length)];
  const exchange = new Exchange({
    request: {
      req,
      res,
      method: options.method ?? 'POST',
      path: { kind: 'main', deploymentId: 'd', query: '' },
      head: readHead(options.headers ?? length),
      cors: ['vary', 'origin'],
      requestId: 'r-1',
      body: null,
      startedAtMs: 0,
    },
    deploymentId: 'd',
    ownerId: 'ann',
    network: null,
    upstreamPath: '/mcp?a=1',
    grant: { kind: 'token', tokenId: 't', expiresAtMs: null },
    principal: 'token:t',
    target: testTarget('m1'),
    sessionId: null,
    rewriter: null,
    isCold: false,
    onSettled: (one) => settled.push(one),
    onStale: (id) => stale.push(id),
    ...options.parts,
  });
  exchange.start({
    dispatch: (_origin, request) => void dispatched.push(request),
    dispatcher: () => {
      throw new Error('not used');
    },
    has: () => false,
    forget: () => {},
    close: async () => {},
  });
  if (bytes !== null) req.emit('data', bytes);
  return { exchange, req, res, ...client };
}

/** The same, with the head of an answer received. */
function answered(headers: Record<string, string>, options: Options & { body?: string | null; status?: number } = {}) {
  const begun = begin(options.body === undefined ? CALL : options.body, options);
  begun.exchange.onRequestStart(controller);
  begun.exchange.onResponseStart(controller, options.status ?? 200, headers);
  return { ...begun, push: (text: string) => begun.exchange.onResponseData(controller, Buffer.from(text, 'latin1')) };
}
const withLength = (text: string) => ({ ...JSON_HEAD, 'content-length': String(text.length) });

test('sends a request without a body at once', () => {
  begin(null, { method: 'GET', headers: [] });
  expect(dispatched).toMatchObject([{ method: 'GET', path: '/mcp?a=1', body: null }]);
});

test('sends a body that arrives whole as one piece, counts it, and reads which tool is called', () => {
  const { exchange } = begin(CALL);
  expect(String(dispatched[0]?.body)).toBe(CALL);
  expect(exchange.bytesIn).toBe(CALL.length);
  expect(exchange.peek).toEqual({ method: 'tools/call', name: 'add', id: 7 });
});

test('a request that announces a body and sends none goes on without one', () => {
  const { req } = begin(null, { headers: ['transfer-encoding', 'chunked'] });
  expect(dispatched).toEqual([]);
  req.emit('end');
  expect(dispatched).toMatchObject([{ body: null }]);
});

test('refuses a body that announces more than 4 MB without reading it, and sends one of 4 MB', async () => {
  expect(BODY_BYTES_MAX).toBe(4 * MEGABYTE);
  begin(null, { headers: ['content-length', String(4 * MEGABYTE)] }).req.emit('data', Buffer.alloc(4 * MEGABYTE));
  expect(dispatched).toHaveLength(1);
  const { exchange } = begin(null, { headers: ['content-length', String(4 * MEGABYTE + 1)] });
  expect(dispatched).toHaveLength(1);
  expect([exchange.status, exchange.endedBy]).toEqual([413, refusals.bodyTooLarge(4).code]);
});

test('refuses a body in chunks when it exceeds 4 MB, and says so', async () => {
  const { exchange, req, body } = begin('x', { headers: ['transfer-encoding', 'chunked'] });
  const sent = dispatched[0]?.body;
  if (!sent || Buffer.isBuffer(sent)) throw new Error('The body was not sent in pieces.');
  const chunks = sent[Symbol.asyncIterator]();
  await chunks.next();
  const next = chunks.next();
  req.emit('data', Buffer.alloc(4 * MEGABYTE));
  await expect(next).rejects.toThrow('The body was refused.');
  expect(exchange.status).toBe(413);
  expect(JSON.parse(body()).error.message).toContain('4 MB');
});

test('answers with the status, the kept headers, the request id and the headers of the origin', () => {
  const { res, head, push } = answered({ ...JSON_HEAD, 'x-own': '1' }, { status: 404 });
  push('{}');
  expect(res.statusCode).toBe(404);
  for (const line of ['x-own: 1', 'x-request-id: r-1', 'vary: origin', 'x-content-type-options: nosniff'])
    expect(head()).toContain(line);
});

test('ignores the head of an interim response', () => {
  const { res } = answered(JSON_HEAD, { status: 103 });
  expect(res.headersSent).toBe(false);
});

test('the head of a slow answer goes out alone', async () => {
  const { head } = answered(STREAM_HEAD);
  expect(head()).toBe('');
  await Promise.resolve();
  expect(head()).toContain('200');
});

test.each([9, 8_192, 8_193, 100_000])('an answer of %i bytes that arrives whole is over at once', (length) => {
  const text = 'x'.repeat(length);
  const { exchange, res, body, push } = answered(withLength(text));
  push(text);
  expect([body(), res.writableEnded, exchange.bytesOut]).toEqual([text, true, length]);
  exchange.end(refusals.closing);
  expect([exchange.endedBy, exchange.hasError, res.destroyed, aborts]).toEqual([null, false, false, []]);
});

test.each([
  ['{"result":{"isError":true}}', true],
  [`{"result":{"content":"${'x'.repeat(20_000)}","isError":true}}`, true],
  ['{"error":{"code":1}}', true],
  ['{"result":{}}', false],
])('reads from an answer whether the call failed', (text, failed) => {
  for (const headers of [withLength(text), JSON_HEAD]) {
    const { exchange, push } = answered(headers);
    push(text);
    expect(exchange.hasError).toBe(failed);
  }
});

test('one failed message makes the call failed, whatever follows', () => {
  const { exchange, push } = answered(STREAM_HEAD);
  push('data: {"result":{"isError":true}}\n\n');
  push('data: {}\n\n');
  expect(exchange.hasError).toBe(true);
});

test('does not read the stream of GET for failed calls', () => {
  const { exchange, push } = answered(STREAM_HEAD, { method: 'GET', body: null, headers: [] });
  push('data: {"params":{"isError":true}}\n\n');
  expect(exchange.hasError).toBe(false);
});

test('passes pieces on as they come, and ends with the answer', () => {
  const { exchange, res, body, push } = answered(STREAM_HEAD);
  push('data: 1\n\n');
  push('data: 2\n\n');
  expect([body(), res.writableEnded]).toEqual(['data: 1\n\ndata: 2\n\n', false]);
  exchange.onResponseEnd();
  expect([res.writableEnded, exchange.bytesOut]).toEqual([true, 18]);
});

test('pauses the machine once while the client does not read, and goes on when it does', () => {
  const { res, push } = answered(STREAM_HEAD, { isStalled: true });
  push('x'.repeat(MEGABYTE));
  push('x'.repeat(MEGABYTE));
  expect(flow).toEqual(['pause']);
  res.emit('drain');
  expect(flow).toEqual(['pause', 'resume']);
  push('x'.repeat(MEGABYTE));
  expect(flow).toEqual(['pause', 'resume', 'pause']);
});

test('an answer without a body is sent when it is certain that none follows', () => {
  const { exchange, res, push } = answered({}, { status: 202 });
  expect(res.headersSent).toBe(false);
  exchange.onResponseEnd();
  expect([res.statusCode, res.writableEnded]).toEqual([202, true]);
  push('late');
  expect(exchange.endedBy).toBeNull();
});

test('refuses an answer that sends something without saying what it is', () => {
  const { exchange, res, body, push } = answered({}, { status: 200 });
  push('<html>');
  expect([res.statusCode, exchange.hasError]).toEqual([502, true]);
  expect(JSON.parse(body())).toMatchObject({ id: 7 });
  expect(aborts).toHaveLength(1);
});

test('refuses an answer of another type, and has the route read again', () => {
  const { res, body } = answered({ 'content-type': 'text/html' });
  expect([res.statusCode, stale]).toEqual([502, ['d']]);
  expect(JSON.parse(body())).toMatchObject({ id: 7 });
});

test('rewrites the address at the beginning of a stream of the old transport', () => {
  const parts = { rewriter: createEndpointEventRewriter('m1') };
  const { exchange, body, push } = answered(STREAM_HEAD, { method: 'GET', body: null, headers: [], parts });
  push('event: endpoint\n');
  expect(exchange.bytesOut).toBe(0);
  push('data: /messages?sessionId=s\n\n');
  const text = 'event: endpoint\ndata: messages?sessionId=m1.s\n\n';
  expect([body(), exchange.bytesOut]).toEqual([text, text.length]);
});

test('refuses a stream of the old transport that begins with something else, and leaves other answers as they are', () => {
  const options = () => ({
    method: 'GET' as const,
    body: null,
    headers: [],
    parts: { rewriter: createEndpointEventRewriter('m1') },
  });
  const stream = answered(STREAM_HEAD, options());
  stream.push('data: 1\n\n');
  expect(stream.exchange.endedBy).not.toBeNull();
  const json = answered(JSON_HEAD, options());
  json.push('{}');
  expect([json.body(), json.exchange.endedBy]).toEqual(['{}', null]);
});

test('an end in the middle of a stream is an error under the id of the call', () => {
  const { exchange, body, push, res } = answered(STREAM_HEAD);
  push('data: 1\n\nda');
  exchange.end(refusals.closing);
  const [, message] = /\n\nevent: message\ndata: (.*)\n\n$/.exec(body()) ?? [];
  expect(JSON.parse(message ?? '{}')).toMatchObject({ jsonrpc: '2.0', id: 7, error: { data: { requestId: 'r-1' } } });
  expect([res.writableEnded, exchange.endedBy, aborts.length]).toEqual([true, refusals.closing.code, 1]);
});

test('an end in the middle of another answer breaks it off', () => {
  const json = answered(JSON_HEAD);
  json.push('{"a":');
  json.exchange.end(refusals.closing);
  expect(json.res.destroyed).toBe(true);
  const listening = answered(STREAM_HEAD, { method: 'GET', body: null, headers: [] });
  listening.exchange.end(refusals.closing);
  expect(listening.res.destroyed).toBe(true);
});

test('releases a stream that only listens, and no call', () => {
  const listening = answered(STREAM_HEAD, { method: 'GET', body: null, headers: [] });
  listening.exchange.release();
  expect([listening.res.writableEnded, listening.exchange.endedBy, aborts.length]).toEqual([true, null, 1]);
  listening.exchange.release();
  listening.exchange.end(refusals.closing);
  expect([listening.exchange.endedBy, aborts.length]).toEqual([null, 1]);
  const call = answered(STREAM_HEAD);
  call.exchange.release();
  const waiting = begin(null, { method: 'GET', headers: [] });
  waiting.exchange.release();
  expect([call.res.writableEnded, waiting.res.writableEnded, aborts.length]).toEqual([false, false, 1]);
});

test('a client that leaves before the answer is counted as 499, and its request is given up', () => {
  const { exchange, res } = begin(CALL);
  exchange.onRequestStart(controller);
  res.emit('close');
  expect([exchange.status, aborts, settled]).toEqual([499, ['The client left.'], [exchange]]);
  exchange.onResponseStart(controller, 200, JSON_HEAD);
  exchange.onResponseError(controller, new Error('aborted'));
  expect([res.headersSent, stale, exchange.endedBy]).toEqual([false, [], null]);
});

test('a client that leaves in the middle of an answer keeps its status', () => {
  const { exchange, res } = answered(STREAM_HEAD);
  res.emit('close');
  expect([exchange.status, aborts, settled.length]).toEqual([200, ['The client left.'], 1]);
});

test('gives up a request that starts after its client has left', () => {
  const { exchange, res } = begin(null, { headers: ['transfer-encoding', 'chunked'] });
  res.emit('close');
  exchange.onRequestStart(controller);
  expect(aborts).toEqual(['The client left.']);
});

test.each([
  ['UND_ERR_HEADERS_TIMEOUT', refusals.silent],
  ['UND_ERR_BODY_TIMEOUT', refusals.silent],
  ['UND_ERR_SOCKET', refusals.brokenOff],
  ['ECONNRESET', refusals.brokenOff],
  ['EPIPE', refusals.brokenOff],
  ['UND_ERR_RES_CONTENT_LENGTH_MISMATCH', refusals.unacceptable('its answer is malformed')],
  ['UND_ERR_HEADERS_OVERFLOW', refusals.unacceptable('its answer is malformed')],
  ['HPE_INVALID_CONSTANT', refusals.unacceptable('its answer is malformed')],
  ['ECONNREFUSED', refusals.unreachable],
  ['UND_ERR_CONNECT_TIMEOUT', refusals.unreachable],
])('explains the error %s of a machine, and has the route read again', (code, { status, message }) => {
  const { exchange, res, body } = begin(CALL);
  exchange.onResponseError(controller, Object.assign(new Error('failed'), { code }));
  expect([res.statusCode, stale]).toEqual([status, ['d']]);
  expect(JSON.parse(body())).toMatchObject({ id: 7, error: { message } });
});
