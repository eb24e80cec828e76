import { expect, test } from 'vitest';
import type { Status } from '../../ui/data/status.ts';
import { remediesOf } from './remedies.ts';

type Given = {
  variables?: string[];
  proposal?: { memoryMb?: number; regions: string[] };
  older?: boolean;
  status?: Status;
};

const kindsOf = (code: string, { variables = [], proposal, older = false, status = 'FAILED' }: Given = {}) =>
  remediesOf({ code, variables, proposal: proposal ?? null }, status, older).map(({ kind }) => kind);

test('what is most likely missing comes first, and trying again is always possible', () => {
  expect(kindsOf('MISSING_CREDENTIAL', { variables: ['KEY'] })).toEqual(['credentials', 'retry']);
  expect(kindsOf('EXITED_AT_START', { variables: ['KEY'] })).toEqual(['credentials', 'retry']);
  expect(kindsOf('OUT_OF_MEMORY', { proposal: { memoryMb: 1024, regions: [] } })).toEqual(['memory', 'retry']);
  expect(kindsOf('FLY_CAPACITY', { proposal: { regions: ['ams', 'fra'] } })).toEqual(['region', 'region', 'retry']);
  expect(kindsOf('MACHINE_START_TIMEOUT', { proposal: { regions: ['ams'] } })).toEqual(['retry', 'region']);
  expect(kindsOf('NO_HANDSHAKE')).toEqual(['arguments', 'retry']);
  expect(kindsOf('FLY_UNAUTHORIZED')).toEqual(['keys', 'retry']);
  expect(kindsOf('INTEGRITY_MISMATCH')).toEqual(['analyze', 'retry']);
  expect(kindsOf('FLY_UNAVAILABLE')).toEqual(['retry']);
});

test('an older release is offered where the new one is to blame, and there is one', () => {
  expect(kindsOf('CRASH_LOOP', { older: true })).toEqual(['rollback', 'arguments', 'retry']);
  expect(kindsOf('CRASH_LOOP')).toEqual(['arguments', 'retry']);
  expect(kindsOf('FLY_RATE_LIMITED', { older: true })).toEqual(['retry']);
  expect(kindsOf('NO_HANDSHAKE', { older: true, status: 'RUNNING' })).toEqual(['arguments', 'retry']);
});

test('what is out of reach is restarted, not released anew: its disk stays', () => {
  expect(kindsOf('MACHINE_UNREACHABLE', { status: 'UNHEALTHY' })).toEqual(['restart']);
});
