import { expect, test } from 'vitest';
import { numberOf, readLine } from './child-lines.ts';

const textsOf = (line: string) => [readLine(line)].flat().map((one) => one?.text ?? null);

test.each(['7', '"7"'])('reads the id %s as 7', (raw) => {
  expect(numberOf(raw)).toBe(7);
});

test.each(['"x"', '"7 "', '"0x7"', '""', 'x'])('the id %s is no number of the bridge', (raw) => {
  expect(numberOf(raw)).toBeNaN();
});

test('reads a message, also behind a byte order mark', () => {
  const message = '{"jsonrpc":"2.0","method":"ping"}';
  expect(textsOf(message)).toEqual([message]);
  expect(textsOf(`\u00ef\u00bb\u00bf${message}`)).toEqual([message]);
});

test('reads a batch in which every element is a message', () => {
  const messages = ['{"jsonrpc":"2.0","method":"a"}', '{"jsonrpc":"2.0","id":1,"result":{}}'];
  expect(textsOf(`[${messages}]`)).toEqual(messages);
  expect(readLine(`[${messages},{"level":30}]`)).toBeNull();
});

test.each(['', 'ready', '[]', '[1]', '{"level":30,"msg":"x"}', '{"jsonrpc":"2.0","id":1}', '[', 'null'])(
  'takes %j for output outside the protocol',
  (line) => {
    expect(readLine(line)).toBeNull();
  },
);

test('reads an answer with two members, one of them null, as the one that it means', () => {
  expect(textsOf('{"jsonrpc":"2.0","id":1,"result":{},"error":null}')).toEqual([
    '{"jsonrpc":"2.0","id":1,"result":{}}',
  ]);
  expect(textsOf('{"jsonrpc":"2.0","id":1,"result":null,"error":{"code":1}}')).toEqual([
    '{"jsonrpc":"2.0","id":1,"error":{"code":1}}',
  ]);
});
