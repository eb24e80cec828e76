import { expect, test } from 'vitest';
import { evidenceOf } from '../analysis/detect/finding.ts';
import { mergeArguments } from '../analysis/detect/merge-arguments.ts';
import type { LearnedForm } from './form.ts';
import { learnNeeds } from './learn-needs.ts';

const EVIDENCE = evidenceOf('TRIAL', null, null, 'the server ended without it');
const EMPTY: LearnedForm = { credentials: [], arguments: [], fixedArguments: [] };

test('adds a field for a variable that the form does not have, required and with its evidence', () => {
  const { credentials } = learnNeeds(EMPTY, [[{ kind: 'variable', name: 'ORBIT_TOKEN' }]], EVIDENCE);
  expect(credentials).toMatchObject([
    { name: 'ORBIT_TOKEN', kind: 'SECRET', required: true, requirement: 'HARD', evidence: [EVIDENCE] },
  ]);
});

test('makes a group of variables of which one is enough', () => {
  const either = ['ORBIT_TOKEN', 'ORBIT_KEY'].map((name) => ({ kind: 'variable' as const, name }));
  const { credentials } = learnNeeds(EMPTY, [either], EVIDENCE);
  expect(credentials.map(({ group, required }) => [group, required])).toEqual([
    ['ORBIT_KEY|ORBIT_TOKEN', true],
    ['ORBIT_KEY|ORBIT_TOKEN', true],
  ]);
});

test('requires the place that the form knows by another name', () => {
  const known = mergeArguments([{ flag: null, name: 'folder', evidence: evidenceOf('README', 'README.md', 1) }], []);
  const learned = learnNeeds(
    { ...EMPTY, arguments: known },
    [[{ kind: 'argument', flag: null, name: 'path' }]],
    EVIDENCE,
  );
  expect(learned.arguments).toMatchObject([{ name: 'folder', required: true }]);
});

test('requires a flag, unless a variable does as well', () => {
  const flag = { kind: 'argument' as const, flag: '--token', name: 'token' };
  expect(learnNeeds(EMPTY, [[flag]], EVIDENCE).arguments).toMatchObject([
    { flag: '--token', kind: 'SECRET', required: true },
  ]);
  const both = learnNeeds(EMPTY, [[flag, { kind: 'variable', name: 'TOKEN' }]], EVIDENCE);
  expect(both.arguments).toMatchObject([{ flag: '--token', required: false }]);
  expect(both.credentials).toMatchObject([{ name: 'TOKEN', required: true }]);
});
