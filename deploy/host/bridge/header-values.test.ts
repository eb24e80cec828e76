import { expect, test } from 'vitest';
import { decodeHeader, headerOf } from './header-values.ts';

test.each([
  ['plain text', 'plain text'],
  ['', ''],
  ['a\tb', 'a\tb'],
  ['=?base64?w6k=?=', '\u00c3\u00a9'],
  ['=?base64??=', ''],
  ['x =?base64?w6k=?=', 'x =?base64?w6k=?='],
])('reads %j as %j', (value, expected) => {
  expect(decodeHeader(value)).toBe(expected);
});

test.each(['=?base64?w6k?=', '=?base64?w6k=x?=', '=?base64?*?=', '\u00e9', 'a\u0001'])('refuses %j', (value) => {
  expect(decodeHeader(value)).toBeNull();
});

test('a header is its trimmed value, and null when it is missing or came as a list', () => {
  expect(headerOf({ 'mcp-method': ' ping ' }, 'mcp-method')).toBe('ping');
  expect(headerOf({}, 'mcp-method')).toBeNull();
  expect(headerOf({ 'set-cookie': ['a', 'b'] }, 'set-cookie')).toBeNull();
});
