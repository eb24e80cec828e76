import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createLineSplitter, type LongLine } from './line-splitter.ts';

const split = (chunks: Buffer[], bytesMax?: number) => {
  const lines: string[] = [];
  const longLines: LongLine[] = [];
  const splitter = createLineSplitter({
    onLine: (line) => lines.push(Buffer.from(line, 'latin1').toString('utf8')),
    onLongLine: (line) => longLines.push(line),
    ...(bytesMax === undefined ? {} : { bytesMax }),
  });
  for (const chunk of chunks) splitter.push(chunk);
  splitter.end();
  return { lines, longLines };
};

test('gives the same lines however the bytes are cut', () => {
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

test('ignores carriage returns and empty lines; the last line needs no line feed', () => {
  expect(split([Buffer.from('a\r\n\r\n\nb')]).lines).toEqual(['a', 'b']);
});

test('reports a line above the limit when it passes the limit and when it ends, and passes the next one', () => {
  const { lines, longLines } = split([Buffer.from('12345'), Buffer.from('6789'), Buffer.from('0\nok\n')], 6);
  expect(lines).toEqual(['ok']);
  expect(longLines).toEqual([
    { head: '123456789', tail: null, bytes: 9 },
    { head: '123456789', tail: '1234567890', bytes: 10 },
  ]);
});

test('keeps the end of a line above the limit, however long it is', () => {
  const chunks = Array.from({ length: 50 }, (_, index) => Buffer.from(`${index} `.repeat(500)));
  const { longLines } = split([...chunks, Buffer.from('the end\n')], 100);
  expect(longLines.at(-1)?.tail?.endsWith('49 49 the end')).toBe(true);
  expect(longLines.at(-1)?.tail?.length).toBe(4096);
});
