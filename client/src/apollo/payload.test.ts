import { expect, test } from 'vitest';
import { payloadOf } from './payload.ts';

type Result = { __typename: 'Viewer'; name: string } | { __typename: 'ConflictError'; message: string; hint: string };

const answering = (result: Result | undefined) => payloadOf('Viewer', async () => result);

test('gives the payload that was asked for', async () => {
  expect(await answering({ __typename: 'Viewer', name: 'Ann' })).toEqual({
    payload: { __typename: 'Viewer', name: 'Ann' },
  });
});

test('an expected error is the problem, in its own words', async () => {
  const refused: Result = { __typename: 'ConflictError', message: 'Taken.', hint: 'Take another.' };
  expect(await answering(refused)).toEqual({ problem: refused });
});

test('an empty answer and a request that fails are told in the same shape', async () => {
  expect(await answering(undefined)).toMatchObject({ problem: { message: 'The server could not do this.' } });
  const failed = await payloadOf('Viewer', async (): Promise<Result> => {
    throw new TypeError('Failed to fetch');
  });
  expect(failed).toMatchObject({ problem: { message: 'The server does not answer.' } });
});
