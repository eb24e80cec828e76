import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  errorMessage,
  findMember,
  idOfCutAnswer,
  isAllowedId,
  isMessage,
  onOneLine,
  replaceSpan,
  replaceSpans,
  scan,
  scanBatch,
  slice,
} from './json-rpc.ts';
import { eachMember } from './json-text.ts';
import { fromWire, rawFromWire, toWire } from './wire-values.ts';

const whole = (text: string) => ({ start: 0, end: text.length });

describe('scan', () => {
  test('finds id, method and params wherever they stand, nested look-alikes aside', () => {
    const text = '{"result":{"id":1,"method":"x"}, "jsonrpc":"2.0" ,"id" : "a\\"b" }';
    expect(scan(text)).toMatchObject({ id: '"a\\"b"', method: null, params: null });
    expect(scan('{"params":{"id":9},"method":"m","id":-1.5e3}')).toMatchObject({ id: '-1.5e3', method: 'm' });
  });

  test.each(['', 'x', '[]', '1', 'null', '{', '{"a"}', '{"a":}', '{"a":1', '{"a":1}x', '{"a":1,}', "{'a':1}", '{a:1}'])(
    'refuses %j',
    (text) => {
      expect(scan(text)).toBeNull();
    },
  );

  test('replacing the id changes nothing else, for every message there can be', () => {
    fc.assert(
      fc.property(
        fc.record({ id: fc.oneof(fc.integer(), fc.string()), params: fc.jsonValue(), method: fc.string() }),
        fc.boolean(),
        (message, pretty) => {
          const text = Buffer.from(JSON.stringify(message, null, pretty ? 2 : 0)).toString('latin1');
          const envelope = scan(text);
          if (!envelope?.idAt) throw new Error('not found');
          const changed = fromWire(replaceSpan(onOneLine(text), envelope.idAt, '77'));
          // Compare with the value as JSON itself keeps it: -0 becomes 0.
          expect(changed).toEqual(JSON.parse(JSON.stringify({ ...message, id: 77 })));
        },
      ),
    );
  });

  test('large numbers and escapes pass as they were written', () => {
    const text = '{"id":12345678901234567890,"params":{"n":1.0,"s":"\\u00e9\\/"}}';
    const envelope = scan(text);
    expect(envelope?.id).toBe('12345678901234567890');
    expect(envelope?.idAt && replaceSpan(text, envelope.idAt, '1')).toBe(
      '{"id":1,"params":{"n":1.0,"s":"\\u00e9\\/"}}',
    );
  });
});

test('findMember looks at one level only', () => {
  const text = '{"a":{"b":1},"b":[2]}';
  const found = findMember(text, whole(text), 'b');
  expect(found && slice(text, found)).toBe('[2]');
  expect(findMember(text, whole(text), 'c')).toBeNull();
  expect(findMember(text, null, 'a')).toBeNull();
});

test('scanBatch cuts an array into its elements', () => {
  expect(scanBatch(' [ {"a":"]"} , 2,[3] ] ')).toEqual(['{"a":"]"}', '2', '[3]']);
  expect(scanBatch('[]')).toEqual([]);
  expect(scanBatch('{}')).toBeNull();
  expect(scanBatch('[1 2]')).toBeNull();
  expect(scanBatch('x1]')).toBeNull();
});

test('replaceSpans takes changes in any order', () => {
  const at = (start: number, end: number) => ({ start, end });
  expect(
    replaceSpans('abcdef', [
      { at: at(4, 5), by: 'E!' },
      { at: at(0, 1), by: '' },
    ]),
  ).toBe('bcdE!f');
});

test('toWire and fromWire carry every character', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(fromWire(toWire(value))).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});

const message = (text: string) => {
  const envelope = scan(text);
  if (envelope === null) throw new Error('not found');
  return envelope;
};

test.each([
  ['{"jsonrpc":"2.0","method":"a"}', true],
  ['{"jsonrpc":"2.0","id":1,"method":"a"}', true],
  ['{"jsonrpc":"2.0","id":1,"result":{}}', true],
  ['{"jsonrpc":"2.0","id":1,"result":null}', true],
  ['{"jsonrpc":"2.0","id":1,"error":{}}', true],
  ['{"jsonrpc":"2.0","id":1,"error":{},"result":null}', true],
  ['{"jsonrpc":"2.0","id":1,"error":null,"result":{}}', true],
  ['{"jsonrpc":"2.0","id":1,"error":{},"result":{}}', false],
  ['{"jsonrpc":"2.0","id":1,"error":"x"}', false],
  ['{"jsonrpc":"2.0","id":1,"error":null}', false],
  ['{"jsonrpc":"2.0","id":1}', false],
  ['{"jsonrpc":"2.0","result":{}}', false],
  ['{"jsonrpc":"2.0","id":null,"method":"a"}', false],
  ['{"jsonrpc":"2.0","id":1,"method":"a","result":{}}', false],
  ['{"jsonrpc":"2.0","id":1,"method":"a","error":{}}', false],
  ['{"jsonrpc":"1.0","method":"a"}', false],
  ['{"method":"a"}', false],
])('%s is a message: %s', (text, expected) => {
  expect(isMessage(message(text))).toBe(expected);
});

test.each([
  ['"x"', true],
  ['7', true],
  ['-7', true],
  ['1e2', true],
  ['1.5', false],
  ['null', false],
  ['true', false],
  ['{}', false],
])('MCP allows the id %s: %s', (id, expected) => {
  expect(isAllowedId(id)).toBe(expected);
});

test.each([
  ['{"jsonrpc":"2.0","id":7,"result":{"a":"', null, '7'],
  ['{"jsonrpc":"2.0","result":{"a":"', '"}},"id":"x"}', '"x"'],
  ['{"jsonrpc":"2.0","result":{"a":"', '"},"id":"x"}', '"x"'],
  ['{"jsonrpc":"2.0","result":{"a":"', '"},"id": -7 , "jsonrpc":"2.0"}\n', '-7'],
  ['{"result":{"a":"', '"},"id":"a\\"b"}', '"a\\"b"'],
  ['{"jsonrpc":"2.0","method":"a","id":7,"params":{"a":"', null, null],
  ['{"jsonrpc":"2.0","result":{"a":"', null, null],
  ['{"jsonrpc":"2.0","result":{"a":"', '"}}', null],
])('the id of an answer that begins with %s and ends with %s is %s', (head, tail, id) => {
  expect(idOfCutAnswer(head, tail)).toBe(id);
});

test('an object that is not well formed has no end', () => {
  for (const text of ['{"a":1', '{"a":"x', '{"a":[1', '{"a":}', '{"a" 1}', '{"a":1 "b":2}', '[1]', '{1:2}'])
    expect(eachMember(text, 0, () => {})).toBe(-1);
  expect(eachMember(' { "a" : "}" } ', 1, () => {})).toBe(14);
  expect(eachMember('{}', 0, () => {})).toBe(2);
});

test('errors carry data only where there is some', () => {
  expect(JSON.parse(errorMessage(null, -1, 'm'))).toEqual({
    jsonrpc: '2.0',
    id: null,
    error: { code: -1, message: 'm' },
  });
  expect(JSON.parse(errorMessage('7', -1, 'm', [1]))).toMatchObject({ id: 7, error: { data: [1] } });
});

test('a value that is nested too deeply for the stack is read as null, and brackets in its texts do not count', () => {
  const nested = (depth: number) => `${'{"a":['.repeat(depth / 2)}${']}'.repeat(depth / 2)}`;
  expect([rawFromWire(nested(200_000)), fromWire(nested(502))]).toEqual([null, null]);
  expect(rawFromWire(nested(500))).toEqual(JSON.parse(nested(500)));
  const texts = ['['.repeat(1_000), '"{'.repeat(1_000)];
  expect(fromWire(toWire(texts))).toEqual(texts);
});

test('text that is not JSON is read as null, and a message is brought to one line', () => {
  expect([rawFromWire('{'), fromWire('{')]).toEqual([null, null]);
  expect(['a\nb', 'a\rb', 'a\r\nb', 'ab'].map(onOneLine)).toEqual(['a b', 'a b', 'a  b', 'ab']);
});
