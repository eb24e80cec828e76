import { expect, it } from 'vitest';
import { machineSchema } from '#deploy/fly/wire.ts';
import { decideLeaks, LEAK_AGE_MS, LEAKS_MAX } from './leaks.ts';

const NOW = new Date('2026-11-20T12:00:00Z');
const KNOWN = { installationId: 'mine', machineIds: new Set(['kept']), deploymentIds: new Set(['alive']) };

const machine = (id: string, metadata: Record<string, string>, over: { ageMs?: number; state?: string } = {}) =>
  machineSchema.parse({
    id,
    state: over.state ?? 'started',
    created_at: new Date(NOW.getTime() - (over.ageMs ?? LEAK_AGE_MS)).toISOString(),
    config: { metadata },
  });
const leaked = { catwalk_installation: 'mine', catwalk_deployment: 'gone' };

it('destroys an old machine of this installation that has no live row', () => {
  const orphan = machine('m1', leaked);
  expect(decideLeaks([orphan], KNOWN, NOW)).toEqual({ destroy: [orphan] });
});

it.each([
  ['one of another installation', machine('m1', { ...leaked, catwalk_installation: 'theirs' })],
  ['one that Catwalk did not make', machine('m1', {})],
  ['one that has a row', machine('kept', leaked)],
  ['one whose deployment lives', machine('m1', { ...leaked, catwalk_deployment: 'alive' })],
  ['a young one', machine('m1', leaked, { ageMs: LEAK_AGE_MS - 1 })],
  ['one that is being destroyed', machine('m1', leaked, { state: 'destroying' })],
])('never touches %s', (_what, candidate) => {
  expect(decideLeaks([candidate], KNOWN, NOW)).toEqual({ destroy: [] });
});

it('destroys nothing and alarms when there are more than a leak would leave', () => {
  const many = Array.from({ length: LEAKS_MAX + 1 }, (_, index) => machine(`m${index}`, leaked));
  expect(decideLeaks(many, KNOWN, NOW)).toEqual({ alarm: many });
});
