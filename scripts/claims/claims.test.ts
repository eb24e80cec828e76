import { expect, test } from 'vitest';
import { findProblems } from './claims.ts';

const HEAD = '| claim | tests |\n|---|---|\n';
const read = (file: string) => (file === 'server/a.test.ts' ? "test('refuses strangers', () => {})" : null);

test('accepts a claim whose file and title exist', () => {
  const text = `${HEAD}| Strangers are refused. | \`server/a.test.ts\` “refuses strangers” |\n`;
  expect(findProblems(text, read)).toEqual({ claims: 1, problems: [] });
});

test.each([
  ['| A claim. | |', 'SECURITY.md:3 names no test for: A claim.'],
  ['| A claim. | `server/a.ts` |', 'SECURITY.md:3 names no test for: A claim.'],
  ['| A claim. | `server/b.test.ts` |', 'SECURITY.md:3 names server/b.test.ts, which does not exist.'],
  [
    '| A claim. | `server/a.test.ts` “welcomes strangers” |',
    'SECURITY.md:3 names the test “welcomes strangers”, which is not in server/a.test.ts.',
  ],
])('reports %s', (row, problem) => {
  expect(findProblems(HEAD + row, read).problems).toEqual([problem]);
});

test('reports a document without claims, and leaves other tables alone', () => {
  expect(findProblems('| code | means |\n|---|---|\n| a | b |\n', read)).toEqual({
    claims: 0,
    problems: ['SECURITY.md has no table of claims.'],
  });
});
