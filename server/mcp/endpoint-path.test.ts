import { expect, test } from 'vitest';
import { parseEndpointPath } from './endpoint-path.ts';

const ID = '0b7c6c1e-9f0f-4d43-8a51-1f2f5a3c9d10';
const at = (rest: string) => parseEndpointPath(`/api/mcp/${ID}${rest}`);

test.each([
  ['', ''],
  ['/', ''],
  ['?a=1', '?a=1'],
  ['/?a=1&b=?', '?a=1&b=?'],
])('reads the address of the deployment: %j', (rest, query) => {
  expect(at(rest)).toEqual({ kind: 'main', deploymentId: ID, view: null, query });
});

test('reads the view in an address, and what stands below it', () => {
  expect(at('/v/read-only')).toEqual({ kind: 'main', deploymentId: ID, view: 'read-only', query: '' });
  expect(at('/v/read-only/?a=1')).toEqual({ kind: 'main', deploymentId: ID, view: 'read-only', query: '?a=1' });
  expect(at('/v/v/sse')).toEqual({ kind: 'sse', deploymentId: ID, view: 'v', query: '' });
  expect(at('/v/v/messages?sessionId=m.s')).toMatchObject({ kind: 'messages', view: 'v', sessionId: 'm.s' });
});

test('reads an id in capitals', () => {
  expect(parseEndpointPath(`/api/mcp/${ID.toUpperCase()}`)).toMatchObject({ deploymentId: ID });
});

test('reads the address of the old transport with its query', () => {
  expect(at('/sse')).toEqual({ kind: 'sse', deploymentId: ID, view: null, query: '' });
  expect(at('/sse?a=1')).toEqual({ kind: 'sse', deploymentId: ID, view: null, query: '?a=1' });
});

test('takes the machine off the session of the old transport', () => {
  expect(at('/messages?sessionId=m1.s.1&a=1')).toEqual({
    kind: 'messages',
    deploymentId: ID,
    view: null,
    query: '?sessionId=m1.s.1&a=1',
    sessionId: 'm1.s.1',
    hostQuery: '?sessionId=s.1&a=1',
  });
  expect(at('/messages?sessionId=m.s')).toMatchObject({ sessionId: 'm.s', hostQuery: '?sessionId=s' });
});

test('leaves a session without a machine as it is', () => {
  expect(at('/messages?sessionId=.s')).toMatchObject({ sessionId: '.s', hostQuery: '?sessionId=.s' });
  expect(at('/messages?sessionId=s')).toMatchObject({ sessionId: 's', hostQuery: '?sessionId=s' });
  expect(at('/messages')).toMatchObject({ sessionId: null, hostQuery: '?' });
});

test.each([
  '/api/mcp/',
  '/api/mcp/nonsense',
  `/api/mcp/${ID.slice(1)}`,
  `/api/other/${ID}`,
  `/other/api/mcp/${ID}`,
  `/api/mcp/${ID}0`,
  `/api/mcp/${ID}/other`,
  `/api/mcp/${ID}/sse/`,
  `/api/mcp/${ID}/messages/1`,
  `/api/mcp/${ID}/v`,
  `/api/mcp/${ID}/v/`,
  `/api/mcp/${ID}/v/Read`,
  `/api/mcp/${ID}/v/%72ead`,
  `/api/mcp/${ID}/v/a/v/b`,
  `/api/mcp/${ID}/v/../sse`,
  `/api/mcp/${ID}/v/a/other`,
])('is not an endpoint: %s', (url) => {
  expect(parseEndpointPath(url)).toBeNull();
});
