import { expect, test } from 'vitest';
import { messageOf } from './message-of.ts';

test.each<[unknown, string]>([
  [new Error('The disk is full.'), 'The disk is full.'],
  [{ message: 'out of memory' }, 'out of memory'],
  [{ name: 'ErrnoError', errno: 44 }, "{ name: 'ErrnoError', errno: 44 }"],
  [new RangeError(), 'RangeError'],
  ['a text', 'a text'],
  [undefined, 'undefined'],
])('the message of %o names what was thrown', (thrown, message) => {
  expect(messageOf(thrown)).toBe(message);
});
