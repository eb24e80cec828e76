import { beforeEach, expect, test } from 'vitest';
import {
  aborts,
  answered,
  begin,
  CALL,
  controller,
  dispatched,
  forgetExchanges,
  JSON_HEAD,
  STREAM_HEAD,
  settled,
  stale,
} from './exchange.testing.ts';
import { BODY_BYTES_MAX } from './exchange.ts';
import * as refusals from './refusals.ts';

const MEGABYTE = 1024 * 1024;

beforeEach(forgetExchanges);

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
