import { expect, test } from 'vitest';
import { findAdvisories } from './find-advisories.ts';
import { type OsvAdvisory, osvSchema } from './osv.ts';

const advisory = (over: Partial<OsvAdvisory> & { events?: object[]; ecosystem?: string; name?: string }): OsvAdvisory =>
  osvSchema.parse({
    id: 'TEST-1',
    summary: 'A made-up fault.',
    affected: [
      {
        package: { ecosystem: over.ecosystem ?? 'npm', name: over.name ?? 'made-up' },
        ranges: [{ type: 'SEMVER', events: over.events ?? [{ introduced: '0' }, { fixed: '1.2.3' }] }],
        database_specific: { severity: 'HIGH' },
      },
    ],
    references: [{ url: 'javascript:void' }, { url: 'https://advisories.test/1' }],
    ...over,
  });
const npm = (version: string, name = 'made-up') => ({ ecosystem: 'npm', name, version }) as const;
const versions = (one: OsvAdvisory, ...installed: string[]) =>
  findAdvisories(
    installed.map((version) => npm(version)),
    [one],
  ).map(({ version }) => version);

test('names the installed version, the fixed one, the severity and an address of the web', () => {
  expect(findAdvisories([npm('1.2.2')], [advisory({ aliases: ['CVE-1'] })])).toEqual([
    {
      id: 'TEST-1',
      aliases: ['CVE-1'],
      summary: 'A made-up fault.',
      url: 'https://advisories.test/1',
      severity: 'HIGH',
      package: 'made-up',
      version: '1.2.2',
      fixed: '1.2.3',
    },
  ]);
});

test.each([
  [
    [{ introduced: '0' }, { fixed: '1.2.3' }],
    ['0.1.0', '1.2.2', '1.2.3-rc.1'],
    ['1.2.3', '2.0.0'],
  ],
  [
    [{ introduced: '1.0.0' }, { last_affected: '1.4.0' }],
    ['1.0.0', '1.4.0'],
    ['0.9.9', '1.4.1'],
  ],
  [
    [{ fixed: '1.1.0' }, { introduced: '2.0.0' }, { introduced: '0' }, { fixed: '2.0.5' }],
    ['1.0.9', '2.0.4'],
    ['1.1.0', '1.9.0', '2.0.5'],
  ],
  [[{ introduced: '1.0.0' }], ['1.0.0', '9.0.0'], ['0.9.0', 'not a version']],
])('reads the events %j', (events, affected, free) => {
  expect(versions(advisory({ events }), ...affected, ...free)).toEqual(affected);
});

test('knows the versions of Python, and the spellings of its names', () => {
  const one = advisory({ ecosystem: 'PyPI', name: 'Made_Up', events: [{ introduced: '0' }, { fixed: '1.0' }] });
  const ranged: OsvAdvisory = {
    ...one,
    affected: one.affected.map((part) => ({
      ...part,
      ranges: part.ranges.map((range) => ({ ...range, type: 'ECOSYSTEM' })),
    })),
  };
  const installed = ['1.0rc1', '1.0', '1.0.post1'].map(
    (version) => ({ ecosystem: 'PyPI', name: 'made-up', version }) as const,
  );
  expect(findAdvisories(installed, [ranged]).map(({ version }) => version)).toEqual(['1.0rc1']);
});

test('leaves out other packages, withdrawn advisories and ranges of commits', () => {
  const commits = advisory({});
  for (const part of commits.affected) for (const range of part.ranges) range.type = 'GIT';
  expect(findAdvisories([npm('1.0.0', 'made-up-2')], [advisory({})])).toEqual([]);
  expect(findAdvisories([npm('1.0.0')], [advisory({ withdrawn: '2026-01-01T00:00:00Z' }), commits])).toEqual([]);
});

test('lists the gravest first, each advisory once for a version', () => {
  const low = { ...advisory({ id: 'A-LOW' }) };
  const lower: OsvAdvisory = {
    ...low,
    affected: low.affected.map((part) => ({ ...part, database_specific: { severity: 'LOW' } })),
  };
  const found = findAdvisories(
    [npm('1.0.0'), npm('1.0.0')],
    [lower, advisory({ id: 'Z-HIGH' }), advisory({ id: 'Z-HIGH' })],
  );
  expect(found.map(({ id }) => id)).toEqual(['Z-HIGH', 'A-LOW']);
});
