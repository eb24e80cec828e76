import { expect, test } from 'vitest';
import { createCollector, FILE_LIMITS } from './file-set.ts';

test('reads manifests and READMEs of a large repository although its code exceeds the limits', () => {
  const collector = createCollector({ ...FILE_LIMITS, filesMax: 2, totalBytesMax: 100 });
  const wanted = [
    'a/one.ts',
    'a/two.ts',
    'a/three.ts',
    'a/package.json',
    'z/README.md',
    'z/pyproject.toml',
    'z/huge.py',
  ].filter((path) => collector.wants(path, 40));
  expect(wanted).toEqual(['a/one.ts', 'a/two.ts', 'a/package.json', 'z/README.md', 'z/pyproject.toml']);
  expect(collector.result().truncated).toBe(true);
});
