import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { listProjectFiles } from '../../scripts/project-files.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const FOLDERS = 'client|server|schema|prisma|deploy|scripts|tests|bench|docs|findings';
const documents = listProjectFiles(ROOT).filter(
  (file) => file.endsWith('.md') && !file.startsWith('tests/fixtures/') && file !== 'docs/renames.md',
);

/** A method of MCP, which looks like a path of the project. */
const METHOD = 'server/discover';

/** Paths of the project in backticks, without line numbers, placeholders and patterns. */
function namedPaths(text: string): string[] {
  const code = [...text.matchAll(/`([^`\n]+)`/g)].flatMap(([, words]) => words?.split(/\s+/) ?? []);
  const paths = code.filter((word) => new RegExp(`^(?:${FOLDERS})/[\\w./-]*$`).test(word));
  return paths.map((word) => word.replace(/[.,:;]+$/, '')).filter((name) => name !== METHOD);
}

/** Targets of relative links, without anchors. */
function linkedPaths(text: string): string[] {
  const targets = [...text.matchAll(/\]\(([^)\s]+)\)|(?:src|srcset)="([^"]+)"/g)].map(
    ([, link, image]) => link ?? image ?? '',
  );
  return targets.filter((target) => !/^(?:[a-z]+:|#)/.test(target)).map((target) => target.replace(/#.*$/, ''));
}

test.each(documents)('%s names and links only files that exist', (document) => {
  const text = readFileSync(path.join(ROOT, document), 'utf8').replace(/^```[\s\S]*?^```/gm, '');
  const folder = path.dirname(path.join(ROOT, document));
  const missing = [
    ...namedPaths(text).filter((name) => !/generated|\/NAME\./.test(name) && !existsSync(path.join(ROOT, name))),
    ...linkedPaths(text).filter((target) => !existsSync(path.resolve(folder, target))),
  ];
  expect(missing).toEqual([]);
});

test('README has at most 150 lines and ARCHITECTURE at most 200', () => {
  const lines = (file: string) => readFileSync(path.join(ROOT, file), 'utf8').split('\n').length;
  expect(lines('README.md')).toBeLessThanOrEqual(150);
  expect(lines('ARCHITECTURE.md')).toBeLessThanOrEqual(200);
});

test('the map of ARCHITECTURE names every folder of server/ and every top-level folder of code', () => {
  const text = readFileSync(path.join(ROOT, 'ARCHITECTURE.md'), 'utf8');
  const files = listProjectFiles(ROOT);
  const folders = new Set(
    files.flatMap((file) => /^(?:server\/[^/]+\/|(?:client|schema|prisma|scripts|findings)\/)/.exec(file) ?? []),
  );
  expect([...folders].filter((folder) => !text.includes(folder))).toEqual([]);
});
