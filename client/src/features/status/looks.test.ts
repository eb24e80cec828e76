import { expect, test } from 'vitest';
import { lookOf, type PendingIntent } from './looks.ts';
import type { Status } from './status.ts';

const labelOf = (status: Status, pending: PendingIntent | null, waking = false) =>
  lookOf(status, { pending, waking }).label;

test('shows a pending intent as in progress until its result is there', () => {
  expect([labelOf('RUNNING', 'STOP'), labelOf('STOPPED', 'STOP')]).toEqual(['Stopping', 'Stopped']);
  expect([labelOf('STOPPED', 'START'), labelOf('FAILED', 'START'), labelOf('DEPLOYING', 'START')]).toEqual([
    'Starting',
    'Starting',
    'Deploying',
  ]);
  expect([labelOf('ASLEEP', 'START'), labelOf('ASLEEP', null, true), labelOf('ASLEEP', null)]).toEqual([
    'Waking',
    'Waking',
    'Asleep',
  ]);
  expect([labelOf('RUNNING', 'RESTART'), labelOf('DEPLOYING', 'RESTART')]).toEqual(['Restarting', 'Deploying']);
  expect(labelOf('RUNNING', 'DELETE')).toBe('Deleting');
});

test('shows a deletion whatever else is pending', () => {
  for (const pending of ['START', 'STOP', 'RESTART'] as const) expect(labelOf('DELETING', pending)).toBe('Deleting');
});

test('shows the present status when a stop is canceled', () => {
  expect(labelOf('RUNNING', 'START')).toBe('Running');
});
