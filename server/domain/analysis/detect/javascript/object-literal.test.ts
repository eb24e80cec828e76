import { expect, test } from 'vitest';
import { entriesOf } from './object-literal.ts';

const keys = (text: string) => entriesOf(text, text.indexOf('{')).map(({ key, value }) => [key, value]);

test('brackets and strings inside values belong to the values', () => {
  expect(keys(`x = { a: f({ b: [1, 2] }, ')}'), "c-d": \`},\`,\n g: 'it\\'s' } , h: 2`)).toEqual([
    ['a', "f({ b: [1, 2] }, ')}')"],
    ['c-d', '`},`'],
    ['g', "'it\\'s'"],
  ]);
});

test('the offset is that of the key, and an unclosed literal ends with the text', () => {
  const text = 'z.object({\n  A_KEY: z.string(),\n  B_KEY: z.';
  expect(entriesOf(text, text.indexOf('{')).map(({ key, offset }) => [key, text.slice(offset, offset + 5)])).toEqual([
    ['A_KEY', 'A_KEY'],
  ]);
});

test('hostile input takes linear time', () => {
  expect(entriesOf('{'.repeat(500_000), 0)).toEqual([]);
  expect(entriesOf(`{${"'".repeat(100_000)}`, 0)).toEqual([]);
});
