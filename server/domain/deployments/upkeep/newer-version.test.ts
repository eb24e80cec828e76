import { expect, test } from 'vitest';
import { isNewerVersion } from './newer-version.ts';

test.each([
  ['npm', '1.1.0', '1.0.9'],
  ['npm', '1.0.0', '1.0.0-rc.1'],
  ['pypi', '1.0', '1.0rc1'],
  ['pypi', '1.0.post1', '1.0'],
  ['pypi', '1!0.1', '2026.8'],
  ['pypi', '1.0.15', '1.0.9'],
] as const)('%s: %s comes after %s, and not the other way round', (runtime, newer, older) => {
  expect(isNewerVersion(runtime, newer, older)).toBe(true);
  expect(isNewerVersion(runtime, older, newer)).toBe(false);
});

test.each([
  ['npm', '1.0.0', '1.0.0'],
  ['pypi', '1.0', '1.0.0'],
  ['npm', 'latest', '1.0.0'],
  ['npm', '1.0.0', 'latest'],
  ['pypi', 'latest', '1.0'],
  ['pypi', '1.0', 'latest'],
  ['git', '2.0.0', '1.0.0'],
] as const)('%s: %s does not come after %s', (runtime, found, running) => {
  expect(isNewerVersion(runtime, found, running)).toBe(false);
});
