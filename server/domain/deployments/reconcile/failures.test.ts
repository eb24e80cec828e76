import { expect, test } from 'vitest';
import { errorFromAnswer } from '#deploy/fly/errors.ts';
import type { HostFailure } from '#deploy/host/contract.ts';
import type { ErrorCode } from '#server/domain/errors.ts';
import { failureOf, fromHostFailure, fromMachinesError } from './failures.ts';
import { NOW } from './rows.testing.ts';
import { machinesError } from './step.testing.ts';

const HOST: HostFailure = {
  code: 'EXITED_AT_START',
  message: 'The server ended.',
  hint: 'See its log.',
  retryable: true,
  variables: ['KEY'],
  exitCode: 0,
  signal: 'SIGTERM',
  stderrTail: ['Bye.'],
  at: '2026-01-01T00:00:00.000Z',
};

test.each<[ErrorCode, boolean]>([
  ['MACHINE_UNREACHABLE', true],
  ['MACHINE_START_TIMEOUT', true],
  ['MACHINE_LOST', true],
  ['CRASH_LOOP', true],
  ['OUT_OF_MEMORY', false],
  ['HANDSHAKE_TIMEOUT', true],
  ['NO_HANDSHAKE', false],
  ['INSTALL_FAILED', true],
  ['INTERNAL', true],
])('%s has a sentence and a hint, and may be retried: %s', (code, retryable) => {
  expect(failureOf(code, null, null, NOW)).toEqual({
    code,
    message: expect.stringMatching(/\w\.$/),
    hint: expect.stringMatching(/\w\.$/),
    retryable,
    occurredAt: NOW.toISOString(),
    stderrTail: [],
  });
});

test('prefers a detail, and keeps the last lines of the host', () => {
  expect(failureOf('MACHINE_LOST', 'It ended.', HOST, NOW)).toMatchObject({
    message: 'It ended.',
    stderrTail: ['Bye.'],
  });
});

test('explains a code that it does not know as a fault of Catwalk', () => {
  expect(failureOf('INTERNAL', null, null, NOW).message).toBe('Something inside Catwalk failed.');
  expect(failureOf('MACHINE_LOST', null, null, NOW).message).toBe('The machine no longer exists.');
});

test('takes over the failure of a host, with what the host knows', () => {
  const { at, ...known } = HOST;
  expect(fromHostFailure(HOST)).toEqual({ ...known, occurredAt: at });
  const { hint: _h, variables: _v, exitCode: _e, signal: _s, ...less } = HOST;
  const { at: _at, ...rest } = less;
  expect(fromHostFailure(less)).toStrictEqual({ ...rest, hint: null, occurredAt: at });
});

test.each([
  ['OUT_OF_MEMORY', 256, 'iad', { memoryMb: 512 }, /256 MB.*512 MB/],
  ['OUT_OF_MEMORY', 8_192, 'iad', undefined, /largest size/],
  ['FLY_CAPACITY', 256, 'iad', { regions: ['ewr', 'ord', 'yyz'] }, /iad has no capacity.*ewr, ord, yyz/],
  ['MACHINE_START_TIMEOUT', 256, 'iad', { regions: ['ewr', 'ord', 'yyz'] }, /region/],
  ['MACHINE_START_TIMEOUT', 256, 'local', undefined, /region/],
  ['MACHINE_LOST', 256, 'iad', undefined, /new one/],
] as const)('%s with %i MB in %s proposes %j', (code, memoryMb, region, proposal, hint) => {
  const failure = failureOf(code, null, null, NOW, { release: { memoryMb, region, processor: 'shared-cpu-1x' } });
  expect(failure.proposal).toEqual(proposal);
  expect(failure.hint).toMatch(hint);
  expect(failureOf(code, null, null, NOW)).not.toHaveProperty('proposal');
});

test.each([
  ['unauthorized', 0, 'FLY_UNAUTHORIZED', false],
  ['capacity', 1, null, true],
  ['capacity', 2, 'FLY_CAPACITY', true],
  ['image-not-found', 5, 'IMAGE_NOT_FOUND', false],
  ['timeout', 7, null, true],
  ['timeout', 8, 'FLY_UNAVAILABLE', true],
  ['rate-limited', 7, null, true],
  ['rate-limited', 8, 'FLY_RATE_LIMITED', true],
  ['invalid', 0, 'FLY_REJECTED', false],
] as const)('an error of the Machines API that is %s, after %i attempts, is %s', (kind, attempts, code, retryable) => {
  const error = machinesError(kind);
  const failure = fromMachinesError(error, attempts, NOW);
  if (code === null) expect(failure).toBeNull();
  else
    expect(failure).toEqual({
      code,
      message: error.message,
      hint: error.hint,
      retryable,
      occurredAt: NOW.toISOString(),
      stderrTail: [],
    });
});

test('proposes other regions for a region without capacity', () => {
  const about = { release: { memoryMb: 256, region: 'ams', processor: 'shared-cpu-1x' } };
  expect(fromMachinesError(machinesError('capacity'), 2, NOW, about)?.proposal).toEqual({
    regions: ['fra', 'cdg', 'lhr'],
  });
});

const refusal = (status: number, error: string) =>
  errorFromAnswer('create in app', { status, body: JSON.stringify({ error }), requestId: null });

test('an unknown image is tried five times before it fails the release', () => {
  const error = refusal(400, 'failed to get manifest: MANIFEST_UNKNOWN');
  expect([0, 4].map((attempts) => fromMachinesError(error, attempts, NOW))).toEqual([null, null]);
  expect(fromMachinesError(error, 5, NOW)).toMatchObject({ code: 'IMAGE_NOT_FOUND', occurredAt: NOW.toISOString() });
});

test('a refused token fails the release at once, with the hint to check it', () => {
  const failure = fromMachinesError(refusal(401, 'token validation error'), 0, NOW);
  expect(failure).toMatchObject({ code: 'FLY_UNAUTHORIZED', hint: expect.stringContaining('token') });
});

test('an organization without a payment method gets the hint to add one', () => {
  const failure = fromMachinesError(refusal(422, 'Add a payment method to continue.'), 0, NOW);
  expect(failure).toMatchObject({ code: 'FLY_REJECTED', hint: expect.stringContaining('payment method') });
});
