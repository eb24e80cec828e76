import { expect, test } from 'vitest';
import { idOfRequest } from './refused-id.ts';

test.each([
  ['{"jsonrpc":"2.0","id":7,"method":"a"}', '7'],
  ['{"method":"a","params":{"id":1},"id":"x"}', '"x"'],
  ['{"id":7,"method":"a","params":{"cut', '7'],
  ['{"id":7,"params":{"cut', null],
  ['{"id":7,"result":{}}', null],
  ['{"id":7,"result":{"cut', null],
  ['{"method":"a"}', null],
  ['{"id":1.5,"method":"a"}', null],
  ['{"id":null,"method":"a"}', null],
  ['[{"id":7,"method":"a"}]', null],
  ['id: 7', null],
  ['', null],
])('the id under which %s is refused is %s', (text, id) => {
  expect(idOfRequest(text)).toBe(id);
});
