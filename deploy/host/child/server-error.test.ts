import { expect, test } from 'vitest';
import { describeServerError } from './server-error.ts';

const describe = (text: string, known: string[] = []) => describeServerError(text, 'initialize', known);

test('the message of a failure is what the server answered', () => {
  expect(describe('MCP error -32603: API key missing').message).toBe(
    'The server answered initialize with an error: API key missing',
  );
  expect(describeServerError('', null, []).message).toBe('The server answered the handshake with an error.');
});

test.each([
  ['ORBIT_API_KEY is not set', 'MISSING_CREDENTIAL', false],
  ['API key missing', 'MISSING_CREDENTIAL', false],
  ['fetch failed', 'SERVER_ERROR', true],
  ['connect ECONNREFUSED 127.0.0.1:5432', 'SERVER_ERROR', true],
  ['401 Unauthorized', 'SERVER_ERROR', false],
  ['Invalid token', 'SERVER_ERROR', false],
  ['The planets are not aligned', 'SERVER_ERROR', true],
])('%j is %s, and may be retried: %s', (text, code, retryable) => {
  expect(describe(text)).toMatchObject({ code, retryable, hint: expect.stringMatching(/\.$/) });
});

test('names the variable that the server names', () => {
  expect(describe('ORBIT_API_KEY is not set').variables).toEqual(['ORBIT_API_KEY']);
  expect(describe('TOKEN must be set', ['TOKEN']).variables).toEqual(['TOKEN']);
});
