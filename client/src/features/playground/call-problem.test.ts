import { SdkErrorCode, SdkHttpError } from '@modelcontextprotocol/client';
import { expect, test } from 'vitest';
import { callProblem } from './call-problem.ts';

const refused = (text: string) =>
  new SdkHttpError(SdkErrorCode.ClientHttpNotImplemented, `Error POSTing to endpoint: ${text}`, { status: 503, text });

test('what the endpoint says is told in its words, not as the body it came in', () => {
  const error = { code: -32000, message: 'The MCP server “Look” is stopped.', data: { code: 'STOPPED' } };
  expect(callProblem(refused(JSON.stringify({ jsonrpc: '2.0', id: null, error })))).toEqual({
    code: 'STOPPED',
    message: 'The MCP server “Look” is stopped.',
    hint: 'Start it, then call again.',
  });
});

test('any other refusal, a lost network and a nonsense body are told too', () => {
  expect(callProblem(refused('<html>Bad gateway</html>')).message).toContain('Bad gateway');
  expect(callProblem(new TypeError('Failed to fetch')).message).toBe('The server does not answer.');
  expect(callProblem(new Error('Tool greet not found'))).toMatchObject({
    code: 'CALL_FAILED',
    message: 'Tool greet not found',
  });
});
