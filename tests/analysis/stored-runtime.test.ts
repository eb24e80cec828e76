import { expect, test } from 'vitest';
import { runtimeSchema } from '#server/domain/analysis/result.ts';

test('reads the runtime of a result that an earlier version stored in upper case', () => {
  expect(runtimeSchema.parse('PYPI')).toBe('pypi');
  expect(runtimeSchema.safeParse('GEM').success).toBe(false);
});
