import { beforeEach, expect, test } from 'vitest';
import {
  aborts,
  answered,
  begin,
  flow,
  forgetExchanges,
  JSON_HEAD,
  STREAM_HEAD,
  stale,
  withLength,
} from './exchange.testing.ts';
import { createEndpointEventRewriter } from './legacy-sse.ts';
import * as refusals from './refusals.ts';

const MEGABYTE = 1024 * 1024;

beforeEach(forgetExchanges);

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
