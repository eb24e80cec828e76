import { expect, test } from 'vitest';
import { parseAnsi } from './ansi.ts';

test('keeps a plain line as one span', () => {
  expect(parseAnsi('listening on stdio')).toEqual([{ text: 'listening on stdio', color: null, bold: false }]);
});

test('ends colors and bold at their reset codes', () => {
  expect(parseAnsi('\u001b[1;31merror\u001b[0m: \u001b[33mport\u001b[39m in use')).toEqual([
    { text: 'error', color: 'red', bold: true },
    { text: ': ', color: null, bold: false },
    { text: 'port', color: 'amber', bold: false },
    { text: ' in use', color: null, bold: false },
  ]);
});

test('removes cursor movements and titles', () => {
  const text = parseAnsi('\u001b[2K\u001b[1G\u001b]0;title\u0007done').map((span) => span.text);
  expect(text.join('')).toBe('done');
});
