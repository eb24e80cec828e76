import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { notCatwalk, resultOf, throwGraphqlErrors } from './answers.ts';
import { operation } from './operations/operation.ts';

const find = operation('query { result: x { id } }', z.object({ id: z.string() }));
const server = { url: 'http://localhost:3000', token: 't' };

describe('an answer', () => {
  test('in its shape is the result', () => {
    expect(resultOf(find, { result: { id: 'a', more: 1 } })).toEqual({ id: 'a' });
  });

  test('that is a refusal keeps code, hint and fields', () => {
    const refusal = {
      code: 'INVALID_INPUT',
      message: 'The name is empty.',
      hint: 'Give one.',
      retryable: false,
      fields: [{ field: 'name', message: 'Empty.' }],
    };
    expect(() => resultOf(find, { result: refusal })).toThrow(expect.objectContaining({ ...refusal, exitCode: 1 }));
  });

  test('to an unverified package names the option that accepts it', () => {
    const refusal = { code: 'UNVERIFIED_PACKAGE', message: 'Not verified.', hint: null, retryable: false };
    expect(() => resultOf(find, { result: refusal })).toThrow(
      expect.objectContaining({ hint: expect.stringContaining('--accept-unverified') }),
    );
  });

  test('of another version is said to be one', () => {
    expect(() => resultOf(find, { result: { name: 1 } })).toThrow('a form that this command does not know');
  });
});

describe('an error outside of a result', () => {
  test('for want of a token says how to log in', () => {
    const errors = [{ message: 'You are not signed in.', extensions: { code: 'UNAUTHENTICATED' } }];
    expect(() => throwGraphqlErrors(server, errors)).toThrow(
      expect.objectContaining({ code: 'UNAUTHENTICATED', hint: expect.stringContaining('catwalk login') }),
    );
  });

  test('of the server is told in its words', () => {
    const errors = [{ message: 'Too many requests.', extensions: { code: 'LIMIT_REACHED', hint: 'Wait a moment.' } }];
    expect(() => throwGraphqlErrors(server, errors)).toThrow(
      expect.objectContaining({ code: 'LIMIT_REACHED', message: 'Too many requests.', hint: 'Wait a moment.' }),
    );
  });
});

test.each([
  [new Response('', { status: 301, headers: { location: 'https://x.example/' } }), 'sends its visitors on'],
  [new Response('', { status: 503 }), 'answered with status 503'],
  [new Response('<html>', { status: 404 }), 'is no Catwalk server'],
])('what is no GraphQL is told apart', (response, message) => {
  expect(notCatwalk(server.url, response).message).toContain(message);
});
