import { expect, test } from 'vitest';
import { insertMembers, memberText, wholeOf, withoutMembers } from './json-edit.ts';

const whole = (text: string) => ({ start: 0, end: text.length });

test('puts members in front of those of an object', () => {
  expect(insertMembers('{"b":2}', whole('{"b":2}'), '"a":1')).toBe('{"a":1,"b":2}');
  expect(insertMembers('{ }', whole('{ }'), '"a":1')).toBe('{"a":1 }');
  expect(insertMembers('[{"b":2}]', { start: 1, end: 8 }, '"a":1')).toBe('[{"a":1,"b":2}]');
});

test('removes members, and changes nothing where there are none', () => {
  const text = 'x{"a":1, "b":{"a":2} }y';
  const at = { start: 1, end: text.length - 1 };
  expect(withoutMembers(text, at, (name) => name === 'a')).toBe('x{"b":{"a":2}}y');
  expect(withoutMembers(text, at, () => true)).toBe('x{}y');
  expect(withoutMembers(text, at, () => false)).toBe(text);
});

test('a message is the object behind its leading space', () => {
  expect(wholeOf('  {"a":1}')).toEqual({ start: 2, end: 9 });
});

test('finds the raw text of a member', () => {
  expect(memberText('{"a": [1 ,2]}', whole('{"a": [1 ,2]}'), 'a')).toBe('[1 ,2]');
  expect(memberText('{"a":1}', whole('{"a":1}'), 'b')).toBeNull();
  expect(memberText('{}', null, 'a')).toBeNull();
});
