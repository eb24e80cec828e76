import { expect, test } from 'vitest';
import { isNewerVersion } from './newer-version.ts';

test.each([
  ['npm', '1.10.0', '1.9.0', true],
  ['npm', '1.9.0', '1.9.0', false],
  ['npm', '2.0.0-beta.1', '2.0.0', false],
  ['npm', 'latest', '1.0.0', false],
  ['pypi', '1.0', '1.0rc1', true],
  ['pypi', '1.0.post1', '1.0', true],
  ['pypi', '1.0.0', '1.0', false],
  ['pypi', '1!0.1', '2026.8', true],
  ['pypi', '1.0.dev1', '1.0a1', false],
  ['pypi', 'latest', '1.0', false],
  ['git', '2.0.0', '1.0.0', false],
] as const)('%s: whether %s is newer than %s is %s', (runtime, found, runs, expected) => {
  expect(isNewerVersion(runtime, found, runs)).toBe(expected);
});
