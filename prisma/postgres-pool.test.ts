import { expect, test } from 'vitest';
import { poolOf } from './postgres.ts';

const POOLED = 'postgresql://u@pooler/db';
const DIRECT = 'postgresql://u@direct/db';
/** Fly's proxy in front of Managed Postgres drains so long, and then cuts what is open. */
const DRAIN_SECONDS = 600;

test('a connection is replaced before the proxy in front of Managed Postgres cuts it', () => {
  expect(poolOf(POOLED, DIRECT).maxLifetimeSeconds).toBeLessThanOrEqual(DRAIN_SECONDS);
});

test('asks a pooler for no settings of the server', () => {
  expect(poolOf(POOLED, DIRECT)).not.toHaveProperty('statement_timeout');
  expect(poolOf(DIRECT, DIRECT)).toHaveProperty('statement_timeout');
});
