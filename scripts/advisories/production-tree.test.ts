import { expect, test } from 'vitest';
import { readProductionTree } from './production-tree.ts';

test('the production tree leaves out development packages and links, and keeps nested and aliased ones', () => {
  const lockfile = {
    lockfileVersion: 3,
    packages: {
      '': { name: 'root', version: '1.0.0' },
      'node_modules/a': { version: '1.0.0' },
      'node_modules/a/node_modules/@scope/b': { version: '2.0.0' },
      'node_modules/c/node_modules/a': { version: '1.0.0' },
      'node_modules/alias': { name: 'real', version: '3.0.0', optional: true },
      'node_modules/linked': { link: true },
      'node_modules/test-only': { version: '4.0.0', dev: true },
      'node_modules/both': { version: '5.0.0', devOptional: true },
    },
  };
  expect(readProductionTree(JSON.stringify(lockfile))).toEqual([
    { name: '@scope/b', version: '2.0.0' },
    { name: 'a', version: '1.0.0' },
    { name: 'both', version: '5.0.0' },
    { name: 'real', version: '3.0.0' },
  ]);
});
