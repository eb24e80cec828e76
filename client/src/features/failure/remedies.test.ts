import { expect, test } from 'vitest';
import type { Status } from '../status/status.ts';
import { remediesOf } from './remedies.ts';

type Context = {
  variables?: string[];
  proposal?: { memoryMb?: number; processor?: string; regions: string[] };
  older?: boolean;
  status?: Status;
};

const kindsOf = (code: string, { variables = [], proposal, older = false, status = 'FAILED' }: Context = {}) =>
  remediesOf({ code, variables, proposal: proposal ?? null }, status, older).map(({ kind }) => kind);

test('offers the likeliest remedy first, and always a retry', () => {
  expect(kindsOf('MISSING_CREDENTIAL', { variables: ['KEY'] })).toEqual(['credentials', 'retry']);
  expect(kindsOf('SIGN_IN_REQUIRED')).toEqual(['connect', 'retry']);
  expect(kindsOf('EXITED_AT_START', { variables: ['KEY'] })).toEqual(['credentials', 'retry']);
  expect(kindsOf('HANDSHAKE_TIMEOUT', { proposal: { processor: 'shared-cpu-2x', regions: [] } })[0]).toBe('processor');
  expect(kindsOf('OUT_OF_MEMORY', { proposal: { memoryMb: 1024, regions: [] } })).toEqual(['memory', 'retry']);
  expect(kindsOf('FLY_CAPACITY', { proposal: { regions: ['ams', 'fra'] } })).toEqual(['region', 'region', 'retry']);
  expect(kindsOf('MACHINE_START_TIMEOUT', { proposal: { regions: ['ams'] } })).toEqual(['retry', 'region']);
  expect(kindsOf('NO_HANDSHAKE')).toEqual(['arguments', 'retry']);
  expect(kindsOf('SERVER_ERROR')).toEqual(['credentials', 'arguments', 'retry']);
  expect(kindsOf('MISSING_ARGUMENT')).toEqual(['arguments', 'retry']);
  expect(kindsOf('FLY_UNAUTHORIZED')).toEqual(['keys', 'retry']);
  expect(kindsOf('INTEGRITY_MISMATCH')).toEqual(['analyze', 'retry']);
  expect(kindsOf('FLY_UNAVAILABLE')).toEqual(['retry']);
});

test('offers a rollback when the new release caused the failure and an older one exists', () => {
  expect(kindsOf('CRASH_LOOP', { older: true })).toEqual(['rollback', 'arguments', 'retry']);
  expect(kindsOf('CRASH_LOOP')).toEqual(['arguments', 'retry']);
  expect(kindsOf('FLY_RATE_LIMITED', { older: true })).toEqual(['retry']);
  expect(kindsOf('NO_HANDSHAKE', { older: true, status: 'RUNNING' })).toEqual(['arguments', 'retry']);
});

test('offers a restart instead of a new release for a server that does not respond', () => {
  expect(kindsOf('MACHINE_UNREACHABLE', { status: 'UNHEALTHY' })).toEqual(['restart']);
});
