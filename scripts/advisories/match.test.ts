import { describe, expect, test } from 'vitest';
import type { Advisory } from './advisory.ts';
import { findProblems, matchAdvisories, rangeOf } from './match.ts';

const advisory = (affected: Partial<Advisory['affected'][number]>, more: Partial<Advisory> = {}): Advisory => ({
  id: 'TEST-1',
  summary: 'Something is wrong.',
  modified: '2026-11-29T00:00:00Z',
  affected: [{ package: { ecosystem: 'npm', name: 'left' }, ...affected }],
  ...more,
});
const affects = (one: Advisory, version: string, name = 'left') =>
  matchAdvisories([one], [{ name, version }]).length > 0;
const ranges = (...events: NonNullable<Advisory['affected'][number]['ranges']>[number]['events']) => ({
  ranges: [{ type: 'SEMVER', events }],
});

describe('an advisory', () => {
  test('affects versions from introduced up to fixed', () => {
    const one = advisory(ranges({ introduced: '1.2.0' }, { fixed: '1.4.0' }));
    const affected = ['1.1.9', '1.2.0', '1.3.9', '1.4.0-rc.1', '1.4.0', '2.0.0'].filter((version) =>
      affects(one, version),
    );
    expect(affected).toEqual(['1.2.0', '1.3.9', '1.4.0-rc.1']);
  });

  test('affects every version below the fixed one when it was introduced at 0', () => {
    const one = advisory(ranges({ introduced: '0' }, { fixed: '1.0.0' }));
    expect(['0.0.0-alpha', '0.1.0', '1.0.0'].map((version) => affects(one, version))).toEqual([true, true, false]);
  });

  test('affects the last affected version', () => {
    const one = advisory(ranges({ introduced: '0' }, { last_affected: '1.0.0' }));
    expect(['1.0.0', '1.0.1'].map((version) => affects(one, version))).toEqual([true, false]);
  });

  test('affects each of several intervals, in whatever order the events stand, and an open end', () => {
    const events = [{ introduced: '2.0.0' }, { fixed: '1.5.0' }, { introduced: '1.0.0' }] as const;
    expect(rangeOf(events)).toBe('>=1.0.0 <1.5.0 || >=2.0.0');
    expect(rangeOf([{ last_affected: '3.0.0' }, { introduced: '3.0.0' }])).toBe('>=3.0.0 <=3.0.0');
    const one = advisory(ranges(...events));
    expect(['0.9.0', '1.4.9', '1.5.0', '2.0.0', '9.0.0'].map((version) => affects(one, version))).toEqual([
      false,
      true,
      false,
      true,
      true,
    ]);
  });

  test('affects versions that it lists', () => {
    const one = advisory({ versions: ['3.0.0'] });
    expect(['3.0.0', '3.0.1'].map((version) => affects(one, version))).toEqual([true, false]);
  });

  test('affects neither another package nor another ecosystem', () => {
    const everything = ranges({ introduced: '0' });
    expect(affects(advisory(everything), '1.0.0', 'right')).toBe(false);
    const python = advisory({ ...everything, package: { ecosystem: 'PyPI', name: 'left' } });
    expect(affects(python, '1.0.0')).toBe(false);
  });

  test('affects nothing once it is withdrawn', () => {
    const one = advisory(ranges({ introduced: '0' }), { withdrawn: '2026-11-29T00:00:00Z' });
    expect(affects(one, '1.0.0')).toBe(false);
  });
});

describe('the check fails', () => {
  const one = advisory(ranges({ introduced: '0' }));
  const matches = matchAdvisories([one], [{ name: 'left', version: '1.0.0' }]);

  test('for a match that is not explained', () => {
    expect(findProblems(matches, {})).toEqual(['left 1.0.0 is affected by TEST-1: Something is wrong.']);
    expect(findProblems(matches, { 'TEST-1': 'Its function is never called.' })).toEqual([]);
  });

  test('for an explanation that is no longer needed', () => {
    expect(findProblems([], { 'TEST-1': 'Its function is never called.' })).toEqual([
      'security/explanations.json explains TEST-1, which affects nothing in the production tree.',
    ]);
  });
});
