import { expect, test } from 'vitest';
import { payloadOf } from './payload.ts';

type Result =
  | { __typename: 'Viewer'; name: string }
  | { __typename: 'ConflictError'; code: string; message: string; hint: string };

const outcomeOf = (result: Result | undefined) => payloadOf('Viewer', async () => result);

test('returns the payload with the given name', async () => {
  expect(await outcomeOf({ __typename: 'Viewer', name: 'Ann' })).toEqual({
    payload: { __typename: 'Viewer', name: 'Ann' },
  });
});

test('returns an expected error as the problem', async () => {
  const conflict: Result = { __typename: 'ConflictError', code: 'CONFLICT', message: 'Taken.', hint: 'Use another.' };
  expect(await outcomeOf(conflict)).toEqual({ problem: conflict });
});

test('returns a problem of the same shape for an empty result and for a failed request', async () => {
  expect(await outcomeOf(undefined)).toMatchObject({ problem: { message: 'The request failed.' } });
  const failed = await payloadOf('Viewer', async (): Promise<Result> => {
    throw new TypeError('Failed to fetch');
  });
  expect(failed).toMatchObject({ problem: { message: 'Can’t reach the server.' } });
});
