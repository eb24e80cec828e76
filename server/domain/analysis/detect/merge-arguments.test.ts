import { expect, test } from 'vitest';
import { type ArgumentFinding, evidenceOf } from './finding.ts';
import { mergeArguments } from './merge-arguments.ts';

const inCode = (flag: string, more: Partial<ArgumentFinding> = {}): ArgumentFinding => ({
  flag,
  name: flag.replace(/^--/, ''),
  evidence: evidenceOf('SOURCE_CODE', 'index.js', 1),
  ...more,
});
const inReadme = (flag: string, more: Partial<ArgumentFinding> = {}): ArgumentFinding => ({
  ...inCode(flag, more),
  evidence: evidenceOf('README', 'README.md', 1),
});
const advancedOf = (findings: ArgumentFinding[]) =>
  mergeArguments(findings, [])
    .filter(({ advanced }) => advanced)
    .map(({ flag }) => flag);

test('logging, limits and experiments are for a form to hide, and come last', () => {
  const fields = mergeArguments(
    [inReadme('--logFile'), inReadme('--max-rows'), inReadme('--experimental-vision'), inReadme('--browser-url')],
    [],
  );
  expect(fields.map(({ flag, advanced }) => [flag, advanced])).toEqual([
    ['--browser-url', false],
    ['--logFile', true],
    ['--max-rows', true],
    ['--experimental-vision', true],
  ]);
});

test('never hides a required argument, a path or a key, whatever its name', () => {
  const findings = [
    inReadme('--log-level', { required: true }),
    inReadme('--proxy-token'),
    { ...inReadme('--x', { name: 'max_rows' }), flag: null },
  ];
  expect(advancedOf(findings)).toEqual([]);
});

test('a flag that only the code knows is hidden where documents name others, and shown where none do', () => {
  expect(advancedOf([inCode('--shape'), inCode('--size'), inReadme('--size')])).toEqual(['--shape']);
  expect(advancedOf([inCode('--shape'), inCode('--size')])).toEqual([]);
  expect(advancedOf([inCode('--shape', { description: 'Which shape.' }), inReadme('--size')])).toEqual([]);
});

test('shows the documented flags if a server has very many', () => {
  const many = Array.from({ length: 20 }, (_, at) =>
    inCode(`--flag-${'abcdefghijklmnopqrstuvw'[at]}`, { description: 'It.' }),
  );
  expect(advancedOf([...many, inReadme('--flag-c')])).toHaveLength(19);
  expect(advancedOf(many)).toEqual([]);
});
