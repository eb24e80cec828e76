import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { listProjectFiles } from '../../scripts/project-files.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const table = readFileSync(path.join(ROOT, 'docs/renames.md'), 'utf8');
const oldNames = [...table.matchAll(/^\| `([^`]+)` \|/gm)].map(([, name]) => name ?? '');
const sources = listProjectFiles(ROOT).filter(
  (file) => /\.(?:ts|tsx|mjs)$/.test(file) && !file.startsWith('tests/fixtures/packages/'),
);

test('the table names what it replaces', () => {
  expect(oldNames.length).toBeGreaterThan(40);
  expect(new Set(oldNames).size).toBe(oldNames.length);
});

test('no file carries an old name', () => {
  const files = new Set(oldNames.filter((name) => name.endsWith('.ts')));
  expect(sources.filter((file) => files.has(path.basename(file)))).toEqual([]);
});

test('no code uses an old name', () => {
  const identifiers = oldNames.filter((name) => !name.endsWith('.ts'));
  const pattern = new RegExp(`\\b(?:${identifiers.join('|')})\\b`, 'g');
  const found = sources.flatMap((file) =>
    [...readFileSync(path.join(ROOT, file), 'utf8').matchAll(pattern)].map(([name]) => `${file}: ${name}`),
  );
  expect(found).toEqual([]);
});
