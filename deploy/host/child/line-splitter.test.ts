import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createLineSplitter } from './line-splitter.ts';

const split = (chunks: Buffer[], bytesMax?: number) => {
  const lines: string[] = [];
  const overflows: number[] = [];
  const splitter = createLineSplitter({
    onLine: (line) => lines.push(Buffer.from(line, 'latin1').toString('utf8')),
    onOverflow: (bytes) => overflows.push(bytes),
    ...(bytesMax === undefined ? {} : { bytesMax }),
  });
  for (const chunk of chunks) splitter.push(chunk);
  splitter.end();
  return { lines, overflows };
};

test('lines are the same however the bytes were cut', () => {
  const line = fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => !/[\r\n]/.test(text));
  fc.assert(
    fc.property(fc.array(line), fc.array(fc.nat({ max: 40 })), (texts, cuts) => {
      const bytes = Buffer.from(texts.map((text) => `${text.toWellFormed()}\n`).join(''));
      const chunks: Buffer[] = [];
      let from = 0;
      for (const cut of cuts) {
        chunks.push(bytes.subarray(from, from + cut));
        from = Math.min(bytes.length, from + cut);
      }
      chunks.push(bytes.subarray(from));
      expect(split(chunks).lines).toEqual(texts.map((text) => text.toWellFormed()));
    }),
  );
});

test('carriage returns and empty lines are no content; the last line needs no end', () => {
  expect(split([Buffer.from('a\r\n\r\n\nb')]).lines).toEqual(['a', 'b']);
});

test('a line that is too long is dropped and told, the next one passes', () => {
  const { lines, overflows } = split([Buffer.from('12345'), Buffer.from('6789'), Buffer.from('0\nok\n')], 6);
  expect(lines).toEqual(['ok']);
  expect(overflows).toHaveLength(1);
});
