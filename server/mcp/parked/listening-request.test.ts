import { expect, test } from 'vitest';
import { responseOf } from '#deploy/response.testing.ts';
import type { EndpointRequest } from '../gate.ts';
import { readHead } from '../request-head.ts';
import { isListening } from './listening-request.ts';

const request = (
  method: EndpointRequest['method'],
  headers: string[],
  body: Buffer | null = null,
  kind: 'main' | 'sse' = 'main',
): EndpointRequest => {
  const { request: req, response: res } = responseOf();
  const path = { kind, deploymentId: 'd', view: null, query: '' } as const;
  return { req, res, method, path, head: readHead(headers), cors: [], requestId: 'r', startedAtMs: 0, body };
};

const LISTEN = ['mcp-method', 'subscriptions/listen'];

test('the stream of a session listens, the event stream of HTTP+SSE, and a small request to listen', () => {
  expect(isListening(request('GET', [], null, 'sse'))).toBe(true);
  expect(isListening(request('POST', LISTEN, Buffer.alloc(9), 'sse'))).toBe(false);
  expect(isListening(request('GET', ['mcp-session-id', 's']))).toBe(true);
  expect(isListening(request('POST', [...LISTEN, 'content-length', '4096']))).toBe(true);
  expect(isListening(request('POST', [...LISTEN, 'content-length', '9'], Buffer.alloc(9)))).toBe(true);
});

test('what would have to keep a large body does not, nor one of unknown length', () => {
  expect(isListening(request('POST', [...LISTEN, 'content-length', '4097']))).toBe(false);
  expect(isListening(request('POST', [...LISTEN, 'transfer-encoding', 'chunked']))).toBe(false);
  expect(isListening(request('GET', ['mcp-session-id', 's', 'content-length', '9']))).toBe(false);
  expect(isListening(request('DELETE', [...LISTEN, 'content-length', '9']))).toBe(false);
});
