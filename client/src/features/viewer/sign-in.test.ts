import { expect, test } from 'vitest';
import { pathWithin } from './sign-in.ts';

test('opens only pages of this dashboard after signing in', () => {
  expect(pathWithin('/device#ABCD-EFGH')).toBe('/device#ABCD-EFGH');
  for (const wanted of ['//evil.example', '/\\evil.example', 'https://evil.example', 'javascript:alert(1)', null, 7]) {
    expect(pathWithin(wanted)).toBe('/deployments');
  }
});
