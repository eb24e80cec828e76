import { SdkErrorCode, SdkHttpError } from '@modelcontextprotocol/client';
import { expect, test } from 'vitest';
import { callProblem } from './call-problem.ts';

const refused = (text: string) =>
  new SdkHttpError(SdkErrorCode.ClientHttpNotImplemented, `Error POSTing to endpoint: ${text}`, { status: 503, text });

test('shows the message of the endpoint’s error instead of the response body', () => {
  const error = { code: -32000, message: 'The MCP server “Look” is stopped.', data: { code: 'STOPPED' } };
  expect(callProblem(refused(JSON.stringify({ jsonrpc: '2.0', id: null, error })))).toEqual({
    code: 'STOPPED',
    message: 'The MCP server “Look” is stopped.',
    hint: 'Start the deployment, then call again.',
  });
});

test('describes other HTTP errors, a lost network and errors of the server', () => {
  expect(callProblem(refused('<html>Bad gateway</html>')).message).toContain('Bad gateway');
  expect(callProblem(new TypeError('Failed to fetch')).message).toBe('Can’t reach the server.');
  expect(callProblem(new Error('Tool greet not found'))).toMatchObject({
    code: 'CALL_FAILED',
    message: 'Tool greet not found',
  });
});
