import { expect, test } from 'vitest';
import { excerptOf, keepLine } from './printed-lines.ts';

function printed(count: number): string[] {
  const lines: string[] = [];
  for (let line = 1; line <= count; line += 1) keepLine(lines, String(line));
  return lines;
}

test('keeps the first 20 and the last 100 lines of an output', () => {
  const lines = printed(1_000);
  expect(lines).toHaveLength(120);
  expect([lines[0], lines[19], lines[20], lines.at(-1)]).toEqual(['1', '20', '901', '1000']);
});

test('shows a short output whole, and of a long one the first 6 and the last 13 lines', () => {
  expect(excerptOf(printed(20))).toHaveLength(20);
  const shown = excerptOf(printed(1_000));
  expect(shown).toHaveLength(20);
  expect([shown[0], shown[5], shown[6], shown[7], shown.at(-1)]).toEqual(['1', '6', '…', '988', '1000']);
});
