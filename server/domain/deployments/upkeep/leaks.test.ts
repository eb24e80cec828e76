import { expect, it } from 'vitest';
import { machineSchema } from '#deploy/fly/wire.ts';
import { decideLeaks, isOurs, LEAK_AGE_MS, LEAKS_MAX } from './leaks.ts';

const NOW = new Date('2026-11-20T12:00:00Z');
const KNOWN = { machineIds: new Set(['kept']), awaitedNames: new Set(['cw-d1-r2']) };

const machine = (id: string, over: { ageMs?: number; state?: string; name?: string } = {}) =>
  machineSchema.parse({
    id,
    name: over.name ?? 'cw-d1-r1',
    state: over.state ?? 'started',
    created_at: new Date(NOW.getTime() - (over.ageMs ?? LEAK_AGE_MS)).toISOString(),
  });

it('destroys an old machine of this installation that has no row, though its deployment may have others', () => {
  const orphan = machine('m1');
  expect(decideLeaks([orphan], KNOWN, NOW)).toEqual({ destroy: [orphan] });
});

it.each([
  ['one that has a row', machine('kept')],
  ['one whose name a row waits for', machine('m1', { name: 'cw-d1-r2' })],
  ['a young one', machine('m1', { ageMs: LEAK_AGE_MS - 1 })],
  ['one that is being destroyed', machine('m1', { state: 'destroying' })],
])('never touches %s', (_what, candidate) => {
  expect(decideLeaks([candidate], KNOWN, NOW)).toEqual({ destroy: [] });
});

it('destroys nothing and alarms when there are more than a leak would leave', () => {
  const many = Array.from({ length: LEAKS_MAX + 1 }, (_, index) => machine(`m${index}`));
  expect(decideLeaks(many, KNOWN, NOW)).toEqual({ alarm: many });
});

it.each([
  ['of another installation', { metadata: { catwalk_installation: 'theirs' } }],
  ['that Catwalk did not make', { metadata: {} }],
  ['whose configuration is not told', null],
])('does not own a machine %s', (_what, config) => {
  expect(isOurs(machineSchema.parse({ id: 'm1', state: 'started', config }), 'mine')).toBe(false);
});
