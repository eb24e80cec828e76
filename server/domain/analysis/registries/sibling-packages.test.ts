import { expect, test } from 'vitest';
import { siblingsOf } from './sibling-packages.ts';

test('only scoped packages pinned to the server’s own version are parts of it', () => {
  const pinned = { '@x/core': '3.0.4', '@x/cli': '3.0.4', '@y/sdk': '1.0.0', left: '3.0.4' };
  expect(siblingsOf({ version: '3.0.4', pinned })).toEqual(['@x/core', '@x/cli']);
  expect(siblingsOf({ version: '3.0.5', pinned })).toEqual([]);
});
