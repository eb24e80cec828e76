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
    'finds nothing in text that is not a message: %s',
    (text) => expect(peek(text)).toEqual({ method: null, name: null, id: null }),
  );
});

test('reads a message as JSON.parse does, whatever it holds', () => {
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
}, 60_000);

test('reads both ends of a large body', () => {
  const large = JSON.stringify({
    method: 'tools/call',
    params: { name: 'upload', arguments: { data: 'x'.repeat(100_000) } },
    jsonrpc: '2.0',
    id: 12,
  });
  expect(peek(large)).toEqual(call('upload', 12));
  expect(peekBody(Buffer.from(large.slice(0, 16_384)), false)).toEqual({ ...call('upload', 12), id: null });
});

test('sees a failed call at either end of its answer', () => {
  const filler = 'x'.repeat(20_000);
  expect(looksLikeError(Buffer.from(`{"result":{"content":[{"text":"${filler}"}],"isError":true}}`))).toBe(true);
  expect(looksLikeError(Buffer.from('{"jsonrpc":"2.0","id":1,"error":{"code":-32601}}'))).toBe(true);
  expect(looksLikeError(Buffer.from(`{"result":{"content":[{"text":"${filler}"}]}}`))).toBe(false);
});

test('reads a body of 4 kB to its end, and of a larger one only the first 2 kB and the id at its end', () => {
  const padded = (bytes: number, id: string) => {
    const text = (pad: number) =>
      `{"method":"tools/call","params":{"pad":"${'x'.repeat(pad)}","name":"late"},"id":${id},"jsonrpc":"2.0"}`;
    return text(bytes - text(0).length);
  };
  expect(peek(padded(4_096, '1'))).toEqual(call('late', 1));
  expect(peek(padded(4_097, '1'))).toEqual({ method: 'tools/call', name: null, id: null });
  const idLast = (id: string) => `{"method":"ping","params":{"pad":"${'x'.repeat(5_000)}"},"id":${id}}`;
  expect(peek(idLast('12')).id).toBe(12);
  expect(peek(idLast('-3')).id).toBe(-3);
  expect(peek(idLast('"abc"')).id).toBe('abc');
  expect(peekBody(Buffer.from(idLast('12')), false).id).toBeNull();
});

test('finds a name and an id up to the 2048th byte of a large body', () => {
  const start = (pad: number) => `{"pad":"${'x'.repeat(pad)}","method":"tools/call","id":7,"params":{"name":"n"`;
  const large = (bytes: number) => `${start(bytes - start(0).length)},"arguments":{"big":"${'y'.repeat(9_000)}"}}}`;
  expect(peek(large(2_048))).toEqual(call('n', 7));
  expect(peek(large(2_049))).toEqual({ method: 'tools/call', name: null, id: 7 });
});

test.each([...Array(40).keys()])('never takes a cut member of a large body for another one: %i', (cut) => {
  const end = ',"method":"tools/call","id":4711,"params":{"name":"n"';
  const text = `{"pad":"${'x'.repeat(2_048 - 8 - 1 - end.length + cut)}"${end},"arguments":{"big":"${'y'.repeat(9_000)}"}}}`;
  const { method, name, id } = peek(text);
  expect([null, 4711]).toContain(id);
  expect([null, 'n']).toContain(name);
  expect([null, 'tools/call']).toContain(method);
});

test('cuts a long name at 128 characters', () => {
  const name = 'n'.repeat(200);
  expect(peek(`{"method":"tools/call","id":1,"params":{"name":"${name}"}}`).name).toBe(name.slice(0, 128));
  expect(peek(`{"method":"tools/call","id":1,"params":{"name":"${'天'.repeat(200)}"}}`).name).toBe('天'.repeat(128));
});

test('keeps a name as it stands where its escapes cannot be read', () => {
  expect(peek('{"method":"tools/call","id":1,"params":{"name":"\\q"}}').name).toBe('\\q');
});

test('sees an error in the first 160 characters of an answer, and no mention of one further on', () => {
  const error = (pad: number) => `{"id":"${'x'.repeat(pad)}","error":{"code":1}}`;
  const before = error(0).indexOf('"error":{') + '"error":{'.length;
  expect(looksLikeError(Buffer.from(error(160 - before)))).toBe(true);
  expect(looksLikeError(Buffer.from(error(161 - before)))).toBe(false);
});

test('looks for a failed call in the first and the last 8 kB of an answer only', () => {
  const FAILED = '"isError":true';
  const answer = (before: number, after: number) => Buffer.from('x'.repeat(before) + FAILED + 'y'.repeat(after));
  expect(looksLikeError(answer(8_192 - FAILED.length, 20_000))).toBe(true);
  expect(looksLikeError(answer(8_193 - FAILED.length, 20_000))).toBe(false);
  expect(looksLikeError(answer(20_000, 8_192 - FAILED.length))).toBe(true);
  expect(looksLikeError(answer(20_000, 8_193 - FAILED.length))).toBe(false);
});

function call(name: string, id: string | number): BodyPeek {
  return { method: 'tools/call', name, id };
}
