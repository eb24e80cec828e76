import { expect, test } from 'vitest';
import { scan } from '../bridge/json-rpc.ts';
import { type HttpTrace, startWithin, traceCall } from './call-trace.ts';

const HTTP: HttpTrace = {
  context: { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), isSampled: true },
  state: 'http=1',
};
const CLIENTS = `00-${'c'.repeat(32)}-${'d'.repeat(16)}-01`;

const traced = (params: unknown, http = HTTP) => {
  const envelope = scan(JSON.stringify({ jsonrpc: '2.0', id: 'one', method: 'tools/call', params }));
  if (envelope === null) throw new Error('The test sends no message.');
  const { message, trace } = traceCall(envelope, http);
  return { trace, sent: JSON.parse(message.text), message };
};

test('without a context in _meta the request of the endpoint is the parent', () => {
  const { trace, sent } = traced({ name: 'echo', arguments: { a: 1 } });
  expect(trace).toMatchObject({ traceId: 'a'.repeat(32), parentId: 'b'.repeat(16), link: null, rpcId: 'one' });
  expect(sent.params).toEqual({
    name: 'echo',
    arguments: { a: 1 },
    _meta: { traceparent: `00-${'a'.repeat(32)}-${trace?.childSpanId}-01`, tracestate: 'http=1' },
  });
});

test('the context in _meta is the parent, the request of the endpoint a link, and other members stay', () => {
  const { trace, sent, message } = traced({
    _meta: { progressToken: 7, traceparent: CLIENTS, tracestate: 'client=1', baggage: 'a=b' },
    name: 'echo',
  });
  expect(trace).toMatchObject({
    traceId: 'c'.repeat(32),
    parentId: 'd'.repeat(16),
    link: { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16) },
  });
  expect(sent.params._meta).toEqual({
    progressToken: 7,
    traceparent: `00-${'c'.repeat(32)}-${trace?.childSpanId}-01`,
    tracestate: 'client=1',
    baggage: 'a=b',
  });
  expect(message.text.match(/traceparent/g)).toHaveLength(1);
  expect(message.id).toBe('"one"');
});

test('the state of the endpoint does not mix with the context of the client', () => {
  expect(traced({ _meta: { traceparent: CLIENTS }, name: 'a' }).sent.params._meta).not.toHaveProperty('tracestate');
});

test('a context in _meta that is not well formed is replaced', () => {
  const { trace, sent } = traced({ _meta: { traceparent: 'spoiled', tracestate: 'x' }, name: 'a' });
  expect(sent.params._meta).toEqual({
    traceparent: `00-${'a'.repeat(32)}-${trace?.childSpanId}-01`,
    tracestate: 'http=1',
  });
});

test('a trace that is not sampled goes on to the child, and is not recorded', () => {
  const { trace, sent } = traced({ name: 'a' }, { ...HTTP, context: { ...HTTP.context, isSampled: false } });
  expect(trace).toBeNull();
  expect(sent.params._meta.traceparent).toMatch(/^00-a{32}-[0-9a-f]{16}-00$/);
});

test.each([[undefined], [[1]], [{ _meta: 'text', name: 'a' }]])('a message without room for it stays: %j', (params) => {
  const { trace, sent } = traced(params);
  expect(trace).toBeNull();
  expect(sent.params).toEqual(params);
});

test('the start of a child counts as far as it lies within the call', () => {
  const call = { atMs: 1_000, durationMs: 500 };
  const child = (startedAtMs: number, servedAtMs: number | null) => ({ startedAt: new Date(startedAtMs), servedAtMs });
  expect(startWithin(child(1_010, 1_300), call)).toEqual({ afterMs: 10, tookMs: 290 });
  expect(startWithin(child(900, 1_300), call)).toEqual({ afterMs: 0, tookMs: 300 });
  expect(startWithin(child(500, 900), call)).toBeNull();
  expect(startWithin(child(1_010, null), call)).toBeNull();
  expect(startWithin(null, call)).toBeNull();
});
