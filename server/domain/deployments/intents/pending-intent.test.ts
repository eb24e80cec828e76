import { expect, test } from 'vitest';
import { pendingIntent } from './pending-intent.ts';

const running = { desired: 'RUNNING', status: 'RUNNING', restartGeneration: null } as const;

test('a stop is pending from the request until it has happened', () => {
  expect(pendingIntent(running)).toBeNull();
  expect(pendingIntent({ ...running, desired: 'STOPPED' })).toBe('STOP');
  expect(pendingIntent({ ...running, desired: 'STOPPED', status: 'STOPPED' })).toBeNull();
});

test('a restart is pending until it was carried out, given up, or overtaken by a deletion', () => {
  expect(pendingIntent({ ...running, restartGeneration: 4 })).toBe('RESTART');
  expect(pendingIntent({ ...running, restartGeneration: 4, status: 'FAILED' })).toBeNull();
  expect(pendingIntent({ desired: 'DELETED', status: 'DELETING', restartGeneration: 4 })).toBeNull();
});
