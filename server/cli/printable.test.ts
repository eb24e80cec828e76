import { expect, test } from 'vitest';
import { oneLine, printable, printableWithColors } from './printable.ts';

const ESC = '\u001b';

test('a stranger cannot move the cursor, retitle the window or write to the clipboard', () => {
  expect(printable(`a${ESC}[2Jb${ESC}]0;title\u0007c${ESC}]52;c;aGk=\u0007d\u009b2Je\rf`)).not.toMatch(
    // biome-ignore lint/suspicious/noControlCharactersInRegex: their absence is what is tested
    /[\u0000-\u001f\u007f-\u009f]/,
  );
});

test('text is kept on one line where a line is all there is', () => {
  expect(oneLine(' a\n\tb  c ')).toBe('a b c');
});

test('a log line keeps its colors, and ends them', () => {
  expect(printableWithColors(`${ESC}[31mred${ESC}[2J`)).toBe(`${ESC}[31mred${ESC}[0m`);
  expect(printableWithColors('plain')).toBe('plain');
});
