import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Json, messagesOf, startTestHost, TestClient, type TestHost } from '../test-rig.ts';

let host: TestHost;
beforeAll(async () => {
  host = await startTestHost({ token: 'secret' });
});
afterAll(() => host.close({ drainMs: 0 }));

const CALL = { jsonrpc: '2.0', id: 'mine', method: 'tools/list' };
const INITIALIZE = {
  jsonrpc: '2.0',
  id: 'mine',
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'test', version: '1' } },
};

/** The status and the error with which the host answers a POST. */
const refused = async (body: unknown, headers: Record<string, string> = {}, path = '/mcp') => {
  const response = await host.request(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  const [message] = await messagesOf(response);
  return { status: response.status, id: message?.id, code: message?.error?.['code'] };
};

test.each<[string, Json, Record<string, string>, string, number]>([
  ['a session that is gone', CALL, { 'mcp-session-id': 'gone' }, '/mcp', 404],
  ['no session', CALL, {}, '/mcp', 400],
  ['a wrong host token', CALL, { 'catwalk-host-token': 'wrong' }, '/mcp', 401],
  ['an Accept header without JSON', CALL, { accept: 'text/html' }, '/mcp', 406],
  ['a body that is not announced as JSON', CALL, { 'content-type': 'text/plain' }, '/mcp', 415],
  ['more than 4 MB', { ...CALL, params: { x: 'x'.repeat(5_000_000) } }, {}, '/mcp', 413],
  ['an address where nothing is', CALL, {}, '/nothing', 404],
  ['a stream of 2024 that is gone', CALL, {}, '/messages?sessionId=gone', 404],
])('the refusal of %s carries the id of the request', async (_, body, headers, path, status) => {
  expect(await refused(body, headers, path)).toMatchObject({ status, id: 'mine' });
});

test('a version that the session does not speak is refused under the id of the request', async () => {
  const { session } = await TestClient.open(host);
  const headers = { 'mcp-session-id': session, 'mcp-protocol-version': '1999-01-01' };
  expect(await refused(CALL, headers)).toMatchObject({ status: 400, id: 'mine' });
});

test.each([
  ['a batch', [CALL]],
  ['a notification', { jsonrpc: '2.0', method: 'notifications/initialized' }],
  ['an answer', { jsonrpc: '2.0', id: 4, result: {} }],
])('the refusal of %s carries null', async (_, body) => {
  expect(await refused(body, { 'mcp-session-id': 'gone' })).toMatchObject({ status: 404, id: null });
});

test('initialize in a session that is gone is answered with 404, as at the endpoint, and opens none', async () => {
  expect(await refused(INITIALIZE, { 'mcp-session-id': 'gone' })).toEqual({ status: 404, id: 'mine', code: -32001 });
  const { session } = await TestClient.open(host);
  expect(await refused(INITIALIZE, { 'mcp-session-id': session })).toMatchObject({ status: 200, id: 'mine' });
});

test('a call whose session ends is answered under its id', async () => {
  const client = await TestClient.open(host);
  const waiting = client.postTool('mine', 'print', { text: 'no answer\n', silent: true });
  await client.tool('echo', { text: 'the call is under way' });
  await client.delete();
  const response = await waiting;
  expect(response.status).toBe(404);
  expect((await messagesOf(response))[0]).toMatchObject({ id: 'mine', error: { code: -32001 } });
});
