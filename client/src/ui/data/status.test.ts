import { expect, test } from 'vitest';
import { lookOf, type Status } from './status.ts';

const words = (status: Status, asked: Parameters<typeof lookOf>[1]['asked'], waking = false) =>
  lookOf(status, { asked: asked ?? null, waking }).word;

test('what was asked for looks like being on its way, until it is so', () => {
  expect([words('RUNNING', 'STOP'), words('STOPPED', 'STOP')]).toEqual(['Stopping', 'Stopped']);
  expect([words('STOPPED', 'START'), words('FAILED', 'START'), words('DEPLOYING', 'START')]).toEqual([
    'Starting',
    'Starting',
    'Deploying',
  ]);
  expect([words('ASLEEP', 'START'), words('ASLEEP', null, true), words('ASLEEP', null)]).toEqual([
    'Waking',
    'Waking',
    'Asleep',
  ]);
  expect([words('RUNNING', 'RESTART'), words('DEPLOYING', 'RESTART')]).toEqual(['Restarting', 'Deploying']);
  expect(words('RUNNING', 'DELETE')).toBe('Deleting');
});

test('nothing that is asked hides that a deployment goes away', () => {
  for (const asked of ['START', 'STOP', 'RESTART'] as const) expect(words('DELETING', asked)).toBe('Deleting');
});

test('a stop that is taken back looks like what it still is', () => {
  expect(words('RUNNING', 'START')).toBe('Running');
});
