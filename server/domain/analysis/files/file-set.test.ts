import { expect, test } from 'vitest';
import { createCollector, FILE_LIMITS } from './file-set.ts';

test('reads the code of servers although a website and data come first and are larger', () => {
  const collector = createCollector();
  const wanted = (folder: string, name: string) =>
    Array.from({ length: 400 }, (_, at) => `${folder}/${name.replace('N', String(at))}`).filter((path) =>
      collector.wants(path, 30_000),
    ).length;
  const site = wanted('apps/website/src', 'pageN.tsx') + wanted('data', 'rowN.json');
  expect(site).toBeLessThan(200);
  expect(wanted('servers', 'sN/index.ts')).toBe(400);
  expect(collector.result().truncated).toBe(true);
});

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

test('reads a program that was bundled into a file larger than others may be, and no third one', () => {
  const collector = createCollector();
  const wanted = ['dist/index.js', 'dist/data.json', 'dist/other.cjs', 'dist/third.mjs', 'dist/huge.py'].filter(
    (path) => collector.wants(path, FILE_LIMITS.fileBytesMax + 1_000_000),
  );
  expect(wanted).toEqual(['dist/index.js', 'dist/other.cjs']);
  expect(collector.wants('dist/small.js', 1_000)).toBe(true);
  expect(createCollector().wants('dist/index.js', 15_000_000)).toBe(false);
});
