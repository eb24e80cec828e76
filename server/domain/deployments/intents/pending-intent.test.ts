import { expect, test } from 'vitest';
import { pendingIntent } from './pending-intent.ts';

const running = { desired: 'RUNNING', status: 'RUNNING', restartGeneration: null } as const;

test('a stop is pending from the request until the deployment is stopped', () => {
  expect(pendingIntent(running)).toBeNull();
  expect(pendingIntent({ ...running, desired: 'STOPPED' })).toBe('STOP');
  expect(pendingIntent({ ...running, desired: 'STOPPED', status: 'STOPPED' })).toBeNull();
});

test('a restart is pending until it is carried out, given up, or overtaken by a deletion', () => {
  expect(pendingIntent({ ...running, restartGeneration: 4 })).toBe('RESTART');
  expect(pendingIntent({ ...running, restartGeneration: 4, status: 'FAILED' })).toBeNull();
  expect(pendingIntent({ desired: 'DELETED', status: 'DELETING', restartGeneration: 4 })).toBeNull();
});
