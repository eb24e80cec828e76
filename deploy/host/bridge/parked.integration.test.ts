import { afterEach, expect, test } from 'vitest';
import type { KeptSession } from '../contract.ts';
import { eventually, messagesOf, readEvents, startTestHost, TestClient, type TestHost, textOf } from '../test-rig.ts';

const hosts: TestHost[] = [];
const start = async (...options: Parameters<typeof startTestHost>) => {
  const host = await startTestHost(...options);
  hosts.push(host);
  return host;
};
afterEach(async () => {
  await Promise.all(hosts.splice(0).map((host) => host.close({ drainMs: 0 })));
});

const quiesce = async (host: TestHost, path = '/quiesce?parked=1') =>
  (await (await host.request(path, { method: 'POST' })).json()) as { quiesced: boolean; sessions?: KeptSession[] }; // the host's own type
const carry = (host: TestHost, sessions: unknown) =>
  host.request('/sessions', { method: 'POST', body: JSON.stringify(sessions) });

test('a stream that only listens leaves its machine free to sleep, and a call does not', async () => {
  const host = await start();
  const client = await TestClient.open(host);
  const stream = await client.get();
  expect(stream.status).toBe(200);
  await eventually('the stream is open', () => host.status().openStreams === 1);
  expect(host.status().work).toBe(0);
  expect(await quiesce(host, '/quiesce')).toMatchObject({ quiesced: false });
  const call = client.postTool(1, 'hang');
  await eventually('the call is under way', () => (host.status().work ?? 0) > 0);
  expect(await quiesce(host)).toMatchObject({ quiesced: false });
  await client.post({ method: 'notifications/cancelled', params: { requestId: 1 } });
  await (await call).text();
  await eventually('it is at rest', () => host.status().work === 0);
  const { quiesced, sessions } = await quiesce(host);
  expect(quiesced).toBe(true);
  expect(sessions).toMatchObject([{ id: client.session, protocolVersion: '2025-11-25' }]);
});

test('a host that starts cold makes a session again: its initialize, log level and subscriptions', async () => {
  const first = await start({}, { machineId: 'one' });
  const client = await TestClient.open(first, { principal: 'a' });
  await messagesOf(await client.post({ id: 2, method: 'logging/setLevel', params: { level: 'warning' } }));
  await messagesOf(await client.post({ id: 3, method: 'resources/subscribe', params: { uri: 'test://größe' } }));
  const { sessions } = await quiesce(first);
  expect(sessions?.[0]?.remembered).toHaveLength(2);

  const second = await start({}, { machineId: 'two' });
  expect((await carry(second, sessions)).status).toBe(200);
  expect(second.status().sessions).toBe(1);
  const [kept] = await quiesce(second).then((answer) => answer.sessions ?? []);
  expect(kept).toEqual(sessions?.[0]);
  await second.request('/resume', { method: 'POST' });
  const headers = {
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
    'mcp-session-id': client.session,
    'catwalk-principal': 'a',
  };
  const call = { jsonrpc: '2.0', id: 4, method: 'tools/call', params: { name: 'requests', arguments: {} } };
  const answered = await second.request('/mcp', { method: 'POST', headers, body: JSON.stringify(call) });
  const [answer] = await messagesOf(answered);
  expect(JSON.parse(textOf(answer))).toEqual(expect.arrayContaining(['logging/setLevel', 'resources/subscribe']));
  const stranger = { ...headers, 'catwalk-principal': 'b' };
  expect((await second.request('/mcp', { method: 'POST', headers: stranger, body: JSON.stringify(call) })).status).toBe(
    404,
  );
});

test('a carried session gets a child when its client only listens', async () => {
  const first = await start({}, { machineId: 'one' });
  const client = await TestClient.open(first);
  const { sessions } = await quiesce(first);
  const second = await start({ isolation: 'PER_SESSION' }, { machineId: 'two' });
  await carry(second, sessions);
  const stream = await second.request('/mcp', {
    headers: { accept: 'text/event-stream', 'mcp-session-id': client.session },
  });
  expect(stream.status).toBe(200);
  await eventually('it has a child', () => second.status().children.some((child) => child.sessions === 1));
});

test('sessions that a host has stay as they are, and what is not a list of them is refused', async () => {
  const host = await start();
  const client = await TestClient.open(host);
  const { sessions } = await quiesce(host);
  await host.request('/resume', { method: 'POST' });
  expect((await carry(host, sessions)).status).toBe(200);
  expect(host.status().sessions).toBe(1);
  expect(await client.tool('echo', { text: 'same' })).toBe('same');
  expect((await carry(host, { no: 'list' })).status).toBe(400);
  expect((await host.request('/sessions', { method: 'POST', body: '[' })).status).toBe(400);
});

test('an event that came while no machine was connected follows behind the last one that the client has', async () => {
  const host = await start();
  const client = await TestClient.open(host);
  const leave = new AbortController();
  const stream = await client.get({}, { signal: leave.signal });
  const events = readEvents(stream);
  const first = await events.next();
  leave.abort();
  await eventually('it is gone', () => host.status().openStreams === 0);
  await client.tool('notify', { method: 'notifications/tools/list_changed' });
  const again = readEvents(await client.get({ 'last-event-id': String(first.value?.id) }));
  for await (const { data } of again) {
    if (data === '') continue;
    expect(JSON.parse(data)).toMatchObject({ method: 'notifications/tools/list_changed' });
    break;
  }
});
