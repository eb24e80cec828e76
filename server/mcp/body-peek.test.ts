import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type BodyPeek, looksLikeError, peekBody } from './body-peek.ts';

const peek = (text: string): BodyPeek => {
  const body = Buffer.from(text);
  return peekBody(body, true);
};

describe('a message', () => {
  test.each<[string, BodyPeek]>([
    ['{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"echo"}}', call('echo', 7)],
    ['{"method":"tools/call","params":{"name":"echo","arguments":{}},"jsonrpc":"2.0","id":"a"}', call('echo', 'a')],
    [' {\n "id" : -1.5e2 , "method" : "tools/call" , "params" : { "name" : "echo" } }\n', call('echo', -150)],
    ['{"id":1,"params":{"arguments":{"name":"no"},"name":"echo"},"method":"tools/call"}', call('echo', 1)],
    ['{"id":1,"method":"tools/call","params":{"name":"\\"q\\"\\\\"}}', call('"q"\\', 1)],
    ['{"id":1,"method":"tools/call","params":{"name":"天気"}}', call('天気', 1)],
    ['{"id":1,"method":"tools/call","params":{"name":"\\u5929"}}', call('天', 1)],
    ['{"id":1,"method":"resources/read","params":{"name":"x"}}', { method: 'resources/read', name: null, id: 1 }],
    ['{"method":"notifications/initialized"}', { method: 'notifications/initialized', name: null, id: null }],
    ['{"id":2,"result":{"method":"x","id":9}}', { method: '(response)', name: null, id: 2 }],
    ['[{"id":1,"method":"ping"}]', { method: '(batch)', name: null, id: null }],
  ])('%s', (text, expected) => expect(peek(text)).toEqual(expected));

  test.each(['', '{', '"method"', 'null', '{"method":"ping","id":1', '{"method":"ping","id":1}}', '{"method":"pi'])(
    'what is no message says nothing: %s',
    (text) => expect(peek(text)).toEqual({ method: null, name: null, id: null }),
  );
});

test('is read as JSON.parse reads it, whatever it holds', () => {
  const id = fc.oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }), fc.string());
  const member = fc.constantFrom('method', 'id', 'name', 'params', 'a"b', 'c\\');
  const params = fc.dictionary(member, fc.jsonValue());
  const message = fc.record(
    { method: fc.constantFrom('tools/call', 'prompts/get', 'ping'), id, params, extra: fc.jsonValue() },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(message, fc.boolean(), (value, isIndented) => {
      const text = JSON.stringify(value, null, isIndented ? 2 : 0);
      fc.pre(text.length < 1_000);
      const { method = '(response)', id: given } = JSON.parse(text);
      const name = method === '(response)' || method === 'ping' ? null : JSON.parse(text).params?.name;
      const isShort = typeof name !== 'string' || name.length <= 128;
      fc.pre(isShort && (typeof given !== 'string' || given.length <= 128));
      expect(peek(text)).toEqual({ method, name: typeof name === 'string' ? name : null, id: given ?? null });
    }),
    { numRuns: 500 },
  );
});

test('of a large body both ends are read', () => {
  const large = JSON.stringify({
    method: 'tools/call',
    params: { name: 'upload', arguments: { data: 'x'.repeat(100_000) } },
    jsonrpc: '2.0',
    id: 12,
  });
  expect(peek(large)).toEqual(call('upload', 12));
  expect(peekBody(Buffer.from(large.slice(0, 16_384)), false)).toEqual({ ...call('upload', 12), id: null });
});

test('a failed call is seen at either end of its answer', () => {
  const filler = 'x'.repeat(20_000);
  expect(looksLikeError(Buffer.from(`{"result":{"content":[{"text":"${filler}"}],"isError":true}}`))).toBe(true);
  expect(looksLikeError(Buffer.from('{"jsonrpc":"2.0","id":1,"error":{"code":-32601}}'))).toBe(true);
  expect(looksLikeError(Buffer.from(`{"result":{"content":[{"text":"${filler}"}]}}`))).toBe(false);
});

function call(name: string, id: string | number): BodyPeek {
  return { method: 'tools/call', name, id };
}
