import { expect, test } from 'vitest';
import { createRequestKeys } from './request-key.ts';

test('repeats the key for the same input, and changes it with the input', () => {
  const keyOf = createRequestKeys();
  const first = keyOf({ name: 'a' });
  expect(first).toMatch(/^[0-9a-f]{32}$/);
  expect(keyOf({ name: 'a' })).toBe(first);
  expect(keyOf({ name: 'b' })).not.toBe(first);
});
