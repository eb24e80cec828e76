import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { operation } from './operations/operation.ts';
import { notCatwalk, resultOf, throwGraphqlErrors } from './responses.ts';

const find = operation<{ result: { id: string } }>()('query { result: x { id } }', z.object({ id: z.string() }));
const server = { url: 'http://localhost:3000', token: 't' };

describe('a response', () => {
  test('in the expected shape is the result', () => {
    expect(resultOf(find, { result: { id: 'a', more: 1 } })).toEqual({ id: 'a' });
  });

  test('a refusal keeps its code, hint and fields', () => {
    const refusal = {
      code: 'INVALID_INPUT',
      message: 'The name is empty.',
      hint: 'Give one.',
      retryable: false,
      fields: [{ field: 'name', message: 'Empty.' }],
    };
    expect(() => resultOf(find, { result: refusal })).toThrow(expect.objectContaining({ ...refusal, exitCode: 1 }));
  });

  test('a refusal of an unverified package names the option that accepts it', () => {
    const refusal = { code: 'UNVERIFIED_PACKAGE', message: 'Not verified.', hint: null, retryable: false };
    expect(() => resultOf(find, { result: refusal })).toThrow(
      expect.objectContaining({ hint: expect.stringContaining('--accept-unverified') }),
    );
  });

  test('in an unknown shape is reported as such', () => {
    expect(() => resultOf(find, { result: { name: 1 } })).toThrow('cannot read the response');
  });
});

describe('an error outside of a result', () => {
  test('for a missing token shows how to log in', () => {
    const errors = [{ message: 'You are not signed in.', extensions: { code: 'UNAUTHENTICATED' } }];
    expect(() => throwGraphqlErrors(server, errors)).toThrow(
      expect.objectContaining({ code: 'UNAUTHENTICATED', hint: expect.stringContaining('catwalk login') }),
    );
  });

  test('keeps the message and hint of the server', () => {
    const errors = [{ message: 'Too many requests.', extensions: { code: 'LIMIT_REACHED', hint: 'Wait a moment.' } }];
    expect(() => throwGraphqlErrors(server, errors)).toThrow(
      expect.objectContaining({ code: 'LIMIT_REACHED', message: 'Too many requests.', hint: 'Wait a moment.' }),
    );
  });
});

test.each([
  [new Response('', { status: 301, headers: { location: 'https://x.example/' } }), 'redirects to'],
  [new Response('', { status: 503 }), 'responded with status 503'],
  [new Response('<html>', { status: 404 }), 'is not a Catwalk server'],
])('reports why a response is not GraphQL', (response, message) => {
  expect(notCatwalk(server.url, response).message).toContain(message);
});
