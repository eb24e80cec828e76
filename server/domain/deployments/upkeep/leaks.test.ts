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

it('destroys an old machine of this installation without a row, even if its deployment has other machines', () => {
  const orphan = machine('m1');
  expect(decideLeaks([orphan], KNOWN, NOW)).toEqual({ destroy: [orphan] });
});

it.each([
  ['a machine with a row', machine('kept')],
  ['a machine whose name a row waits for', machine('m1', { name: 'cw-d1-r2' })],
  ['a young machine', machine('m1', { ageMs: LEAK_AGE_MS - 1 })],
  ['a machine that is being destroyed', machine('m1', { state: 'destroying' })],
  ['a machine that is destroyed', machine('m1', { state: 'destroyed' })],
  ['a machine without a time of creation', machineSchema.parse({ id: 'm1', name: 'x', state: 'started' })],
])('never touches %s', (_what, candidate) => {
  expect(decideLeaks([candidate], KNOWN, NOW)).toEqual({ destroy: [] });
});

it('destroys nothing and alarms when more machines than LEAKS_MAX have no row', () => {
  const many = Array.from({ length: LEAKS_MAX + 1 }, (_, index) => machine(`m${index}`));
  expect(decideLeaks(many, KNOWN, NOW)).toEqual({ alarm: many });
  expect(decideLeaks(many.slice(1), KNOWN, NOW)).toEqual({ destroy: many.slice(1) });
});

it('waits ten minutes, and takes more than five machines for a wrong database', () => {
  expect([LEAK_AGE_MS, LEAKS_MAX]).toEqual([600_000, 5]);
});

it('owns a machine of this installation', () => {
  const config = { metadata: { catwalk_installation: 'mine' } };
  expect(isOurs(machineSchema.parse({ id: 'm1', state: 'started', config }), 'mine')).toBe(true);
});

it.each([
  ['of another installation', { metadata: { catwalk_installation: 'theirs' } }],
  ['that Catwalk did not create', { metadata: {} }],
  ['without a configuration', null],
])('does not own a machine %s', (_what, config) => {
  expect(isOurs(machineSchema.parse({ id: 'm1', state: 'started', config }), 'mine')).toBe(false);
});
