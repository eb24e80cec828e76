import { expect, test } from 'vitest';
import { areMet, enteredValues, missingFields } from './missing-fields.ts';

const FIELDS = {
  credentials: [{ name: 'ORBIT_TOKEN' }, { name: 'ORBIT_KEY' }],
  arguments: [
    { name: 'url', flag: '--url', positional: false },
    { name: 'folder', flag: null, positional: true },
  ],
};
const variable = (name: string) => ({ kind: 'VARIABLE' as const, name });

test('finds the field of each setting, of a place by its position', () => {
  const needs = missingFields(
    [
      { anyOf: [variable('ORBIT_TOKEN'), variable('ORBIT_KEY')] },
      { anyOf: [{ kind: 'ARGUMENT', name: 'url', flag: '--url' }] },
      { anyOf: [{ kind: 'ARGUMENT', name: 'path', flag: null }] },
      { anyOf: [variable('UNKNOWN')] },
    ],
    FIELDS,
  );
  expect(needs.map(({ fields }) => fields.map(({ field }) => field.name))).toEqual([
    ['ORBIT_TOKEN', 'ORBIT_KEY'],
    ['url'],
    ['folder'],
  ]);
});

test('is met by one value of each need, and sends what was entered', () => {
  const needs = missingFields(
    [{ anyOf: [variable('ORBIT_TOKEN'), variable('ORBIT_KEY')] }, { anyOf: [{ kind: 'ARGUMENT', name: 'path' }] }],
    FIELDS,
  );
  const some = { 'credential:ORBIT_KEY': ['k'], 'argument:folder': [' '] };
  expect(areMet(needs, some)).toBe(false);
  const all = { ...some, 'argument:folder': ['/data'] };
  expect(areMet(needs, all)).toBe(true);
  expect(enteredValues(needs, all)).toEqual({
    set: [{ name: 'ORBIT_KEY', value: 'k' }],
    arguments: [{ name: 'folder', value: '/data' }],
  });
});
