import { expect, test } from 'vitest';
import { credentialField } from './credential-field.ts';
import { type EnvFinding, evidenceOf } from './finding.ts';
import { withGroups } from './groups.ts';

const field = (name: string) =>
  credentialField(name, { kind: 'TEXT', required: true, requirement: 'HARD', evidence: [] });
const proven = (...choices: string[][]): EnvFinding[] =>
  choices.flatMap((alternatives) =>
    alternatives.map(
      (name): EnvFinding => ({
        name,
        alternatives,
        requirement: 'HARD',
        evidence: evidenceOf('SOURCE_CODE', 'index.js', 1),
      }),
    ),
  );
const togetherOf = (names: string[], findings: EnvFinding[]) =>
  withGroups(names.map(field), findings).map(({ name, group, together }) => [name, group, together ?? []]);

test('a key, or an address together with a password, beside a variable that is needed in any case', () => {
  const url: EnvFinding = { name: 'URL', requirement: 'HARD', evidence: evidenceOf('SOURCE_CODE', 'index.js', 1) };
  const findings = [url, ...proven(['KEY', 'EMAIL'], ['KEY', 'PASSWORD'])];
  expect(togetherOf(['KEY', 'EMAIL', 'PASSWORD'], findings)).toEqual([
    ['KEY', 'EMAIL|KEY|PASSWORD', []],
    ['EMAIL', 'EMAIL|KEY|PASSWORD', ['PASSWORD']],
    ['PASSWORD', 'EMAIL|KEY|PASSWORD', ['EMAIL']],
  ]);
});

test('two pairs, of which one is needed', () => {
  const pairs = proven(['A', 'C'], ['A', 'D'], ['B', 'C'], ['B', 'D']);
  expect(togetherOf(['A', 'B', 'C', 'D'], pairs).map(([name, , together]) => [name, together])).toEqual([
    ['A', ['B']],
    ['B', ['A']],
    ['C', ['D']],
    ['D', ['C']],
  ]);
});

test('names of one choice need nothing beside them, and ways that overlap claim nothing', () => {
  expect(togetherOf(['A', 'B'], proven(['A', 'B'])).map(([, , together]) => together)).toEqual([[], []]);
  const overlapping = proven(['A', 'B'], ['B', 'C'], ['A', 'C']);
  expect(togetherOf(['A', 'B', 'C'], overlapping).map(([, , together]) => together)).toEqual([[], [], []]);
});
