import { expect, test } from 'vitest';
import { endingOf, endingOfCancellation } from './outcome.ts';

const answer = (body: object) => JSON.stringify({ jsonrpc: '2.0', id: 1, ...body });
const outcomeOf = (body: object) => endingOf(answer(body)).outcome;

test('an answer ends a call as its own members say, and not as its content does', () => {
  expect(outcomeOf({ result: { content: [] } })).toBe('OK');
  expect(outcomeOf({ result: { content: [], isError: true } })).toBe('TOOL_ERROR');
  expect(outcomeOf({ result: { content: [], isError: false } })).toBe('OK');
  expect(outcomeOf({ result: { content: [], structuredContent: { isError: true, error: { code: 1 } } } })).toBe('OK');
  expect(outcomeOf({ result: { content: [{ type: 'text', text: '{"error":{"code":1},"isError":true}' }] } })).toBe(
    'OK',
  );
  expect(outcomeOf({ result: { resultType: 'input_required', inputRequests: {} } })).toBe('INPUT_REQUIRED');
});

test('an error ends a call with its code', () => {
  expect(endingOf(answer({ error: { code: -32602, message: 'no' } }))).toEqual({
    outcome: 'PROTOCOL_ERROR',
    errorCode: -32602,
  });
  expect(endingOf(answer({ error: { code: 'x', message: 'no' } })).errorCode).toBeNull();
  expect(outcomeOf({ error: { code: -32001, message: 'Request timed out' } })).toBe('TIMED_OUT');
  expect(outcomeOf({ error: { code: -32001, message: 'The session has ended.' } })).toBe('PROTOCOL_ERROR');
});

test('a cancellation is a timeout where the client gives that as its reason', () => {
  expect(endingOfCancellation('"McpError: MCP error -32001: Request timed out"').outcome).toBe('TIMED_OUT');
  expect(endingOfCancellation('"Maximum total timeout exceeded"').outcome).toBe('TIMED_OUT');
  expect(endingOfCancellation('"The user pressed Stop"').outcome).toBe('CANCELLED');
  expect(endingOfCancellation('').outcome).toBe('CANCELLED');
});
