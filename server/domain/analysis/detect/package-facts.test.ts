import { expect, test } from 'vitest';
import { binsOf } from './package-facts.ts';

test('names commands as npm links them, without a scope', () => {
  expect(binsOf('@acme/x', 'index.js')).toEqual({ x: 'index.js' });
  expect(binsOf('@acme/x', { '@acme/x': 'a.js', other: 'b.js' })).toEqual({ x: 'a.js', other: 'b.js' });
});
