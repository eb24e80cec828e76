import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { CHECKS } from './checks.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
/** `first hour: F3` in the comments of the code that waits for a check. */
const MARK = /first hour: (F\d+)/g;

const named = (): Set<string> => {
  const text = execFileSync('git', ['grep', '-hI', 'first hour: F', '--', '*.ts', '*.toml', ':!server/first-hour'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  return new Set([...text.matchAll(MARK)].flatMap(([, id]) => id ?? []));
};

test('there are nine checks, F1 to F9', () => {
  expect(CHECKS.map(({ id }) => id)).toEqual(Array.from({ length: 9 }, (_, index) => `F${index + 1}`));
});

test('every assumption in the code names a check that exists, and every check is waited for by code', () => {
  expect([...named()].sort()).toEqual(CHECKS.map(({ id }) => id));
});

test('every test that docs/fly-fidelity.md names is there, and so is every check', () => {
  const text = readFileSync(path.join(ROOT, 'docs/fly-fidelity.md'), 'utf8');
  const tests = [...text.matchAll(/`([^` ]+\.test\.ts)`/g)].map(([, name = '']) =>
    name.replace(/^…/, 'server/domain/deployments'),
  );
  expect(tests.length).toBeGreaterThan(20);
  expect(tests.filter((name) => !existsSync(path.join(ROOT, name)))).toEqual([]);
  const checks = new Set([...text.matchAll(/\| (F\d+) \|$/gm)].flatMap(([, id]) => id ?? []));
  expect([...checks].sort()).toEqual(CHECKS.map(({ id }) => id));
});
