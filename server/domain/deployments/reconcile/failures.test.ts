import { expect, test } from 'vitest';
import { errorFromAnswer } from '#deploy/fly/errors.ts';
import { fromMachinesError } from './failures.ts';

const NOW = new Date('2026-11-30T00:00:00Z');
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

test('an organization without a payment method is told to add one', () => {
  const failure = fromMachinesError(refusal(422, 'Add a payment method to continue.'), 0, NOW);
  expect(failure).toMatchObject({ code: 'FLY_REJECTED', hint: expect.stringContaining('payment method') });
});
