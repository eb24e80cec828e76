import { expect, test } from 'vitest';
import {
  errorFromAnswer,
  errorFromFailure,
  isAmbiguous,
  isCapacity,
  isImageNotFound,
  isNameTaken,
  isNotFound,
  isPrecondition,
  isRateLimited,
  isRetryable,
  isUnauthorized,
  type MachinesErrorKind,
} from './errors.ts';

const answered = (status: number, body: unknown) =>
  errorFromAnswer('create app-1', {
    status,
    body: typeof body === 'string' ? body : JSON.stringify(body),
    requestId: 'req-1',
  });

const CASES: [status: number, error: string, kind: MachinesErrorKind][] = [
  [401, 'Authenticate: token validation error', 'unauthorized'],
  [403, 'forbidden', 'unauthorized'],
  [404, 'machine not found', 'not-found'],
  [408, 'deadline_exceeded: machine failed to reach desired state, started, currently created', 'timeout'],
  [
    409,
    'already_exists: unique machine name violation, machine ID 148ed127c12d38 already exists with name "a"',
    'name-taken',
  ],
  [409, 'aborted: lease currently held by someone@example.com, expires at 2026-01-01T00:00:00Z', 'lease-held'],
  [409, 'aborted: could not reserve resource for machine: insufficient memory available', 'capacity'],
  [409, 'aborted: machine is being updated', 'conflict'],
  [412, "failed_precondition: unable to start machine from current state: 'created'", 'precondition'],
  [412, 'failed_precondition: machine still active, refusing to start', 'precondition'],
  [422, 'insufficient resources available to fulfill request: insufficient_capacity', 'capacity'],
  [422, 'Your organization has reached its machine limit', 'limit'],
  [422, 'Validation failed: Name has already been taken', 'name-taken'],
  [400, 'invalid_argument: failed to get manifest registry.fly.io/a:b: unknown', 'image-not-found'],
  [400, 'invalid_argument: value must be inside range [1s, 1m0s]', 'invalid'],
  [429, 'rate limit exceeded', 'rate-limited'],
  [500, 'internal: server error', 'unavailable'],
  [504, 'upstream timeout', 'timeout'],
];

test.each(CASES)('%i "%s" is %s', (status, error, kind) => {
  expect(answered(status, { error }).kind).toBe(kind);
});

test('the API’s machine-readable code decides where the text does not', () => {
  expect(isCapacity(answered(422, { error: 'try later', status: 'insufficient_capacity' }))).toBe(true);
  expect(isNameTaken(answered(409, { error: 'no', status: 'name_taken' }))).toBe(true);
});

test('texts that only look alike are not mistaken', () => {
  expect(isNameTaken(answered(400, { error: 'invalid_argument: name "already_exists" is too long' }))).toBe(false);
  expect(isCapacity(answered(400, { error: 'invalid_argument: memory must be a multiple of 256' }))).toBe(false);
  expect(isImageNotFound(answered(404, { error: 'machine not found' }))).toBe(false);
  expect(isNotFound(answered(400, { error: 'manifest unknown' }))).toBe(false);
  expect(isUnauthorized(answered(404, { error: 'token not found' }))).toBe(false);
});

test('a taken name reports the machine that has it', () => {
  const [, text = ''] = CASES[4] ?? [];
  expect(answered(409, { error: text }).existingMachineId).toBe('148ed127c12d38');
});

test('judges a response that is not JSON by its status, and never quotes it', () => {
  const error = answered(502, '<html>secret upstream page</html>');
  expect(error.kind).toBe('unavailable');
  expect(error.message).not.toContain('secret');
});

test('only what may have taken effect is ambiguous', () => {
  for (const status of [408, 500, 502, 503, 504]) expect(isAmbiguous(answered(status, {}))).toBe(true);
  for (const status of [400, 401, 404, 409, 412, 422, 429]) expect(isAmbiguous(answered(status, {}))).toBe(false);
  const failure = (code: string) => errorFromFailure('create app-1', Object.assign(new Error(code), { code }), false);
  expect(isAmbiguous(failure('ECONNREFUSED'))).toBe(false);
  expect(isAmbiguous(failure('ENOTFOUND'))).toBe(false);
  expect(isAmbiguous(failure('ECONNRESET'))).toBe(true);
  expect(isAmbiguous(errorFromFailure('create app-1', new Error('timeout'), true))).toBe(true);
  expect(isAmbiguous(new Error('something else'))).toBe(false);
});

test('isRetryable accepts errors that may pass, and rejects those that will not', () => {
  for (const status of [408, 409, 412, 429, 500, 503]) expect(isRetryable(answered(status, {}))).toBe(true);
  for (const status of [400, 401, 403, 404, 422]) expect(isRetryable(answered(status, {}))).toBe(false);
});

test('every error names the operation, the request id and the remedy', () => {
  const error = answered(429, { error: 'rate limit exceeded' });
  expect(isRateLimited(error)).toBe(true);
  expect(isPrecondition(error)).toBe(false);
  expect(error.requestId).toBe('req-1');
  expect(error.message).toContain('create app-1');
  expect(error.hint).toMatch(/\.$/);
});

test.each([
  'We need your payment information to continue! Add a credit card.',
  'Your free trial has ended.',
  'This trial organization cannot create more machines.',
])('a missing payment method is named, and is not tried again: %s', (text) => {
  const answer = { status: 422, body: JSON.stringify({ error: text }), requestId: null };
  const error = errorFromAnswer('create in app', answer);
  expect(error.kind).toBe('payment');
  expect(error.hint).toContain('payment method');
  expect(isRetryable(error)).toBe(false);
});
