import { afterEach, expect, test } from 'vitest';
import { PLATFORM_PRINCIPAL } from '../contract.ts';
import { eventually, messagesOf, readEvents, startTestHost, TestClient, type TestHost } from '../test-rig.ts';

let host: TestHost;
afterEach(() => host.close({ drainMs: 0 }));

test('a crash in mid-call is answered with its cause, the session goes on, others are unharmed', async () => {
  host = await startTestHost({ isolation: 'PER_SESSION' });
  const [client, other] = [await TestClient.open(host), await TestClient.open(host)];
  const otherPid = await other.tool('pid');
  const [answer] = await messagesOf(await client.postTool(1, 'crash'));
  expect(answer?.error).toMatchObject({
    code: -32000,
    message: expect.stringContaining('the database went away'),
    data: { code: 'CRASHED', exitCode: 3, stderrTail: ['Error: the database went away'] },
  });
  expect(await client.tool('echo', { text: 'back' })).toBe('back');
  expect(await other.tool('pid')).toBe(otherPid);
  expect(host.status()).toMatchObject({ restarts: 1, phase: 'READY' });
});

test('all calls under way are answered when a shared child crashes', async () => {
  host = await startTestHost();
  const clients = await Promise.all(Array.from({ length: 5 }, () => TestClient.open(host)));
  const hanging = clients.map((client) => client.postTool(1, 'hang').then(messagesOf));
  await eventually('all calls to be under way', () => host.status().children[0]?.inFlight === 5);
  const crashing = (await TestClient.open(host)).postTool(1, 'crash').then(messagesOf);
  for (const [answer] of await Promise.all([...hanging, crashing])) expect(answer?.error?.['code']).toBe(-32000);
});

test('a crashed child comes back by itself for a session that listens', async () => {
  host = await startTestHost();
  const client = await TestClient.open(host);
  const events = readEvents(await client.get());
  const pid = await client.tool('pid');
  await messagesOf(await client.postTool(1, 'crash'));
  await eventually('a new child', () => host.status().children.some((child) => String(child.pid) !== pid));
  const other = await TestClient.open(host);
  await other.tool('notify', { method: 'notifications/tools/list_changed' });
  for await (const { data } of events)
    if (data !== '') {
      expect(JSON.parse(data).method).toBe('notifications/tools/list_changed');
      break;
    }
});

test('after 5 crashes within 10 minutes the host says CRASH_LOOP instead of starting another', async () => {
  host = await startTestHost();
  const client = await TestClient.open(host);
  for (let i = 0; i < 5; i += 1) {
    const [answer] = await messagesOf(await client.postTool(1, 'crash'));
    expect(answer?.error?.['data']).toMatchObject({ code: i < 4 ? 'CRASHED' : 'CRASH_LOOP' });
  }
  const [answer] = await messagesOf(await client.postTool(1, 'echo', { text: 'x' }));
  expect(answer?.error?.['data']).toMatchObject({ code: 'CRASH_LOOP', retryable: true });
  expect(host.status()).toMatchObject({ phase: 'FAILED', lastError: { code: 'CRASH_LOOP' } });
});

test("a child that answers the platform's pings does not hide a crash loop, and is not given to who is in one", async () => {
  host = await startTestHost();
  const client = await TestClient.open(host);
  for (let i = 0; i < 5; i += 1) await messagesOf(await client.postTool(1, 'crash'));
  const platform = await TestClient.open(host, { principal: PLATFORM_PRINCIPAL });
  expect((await platform.post({ id: 1, method: 'ping' })).status).toBe(200);
  expect(host.status()).toMatchObject({ phase: 'FAILED', lastError: { code: 'CRASH_LOOP' }, children: [{}] });
  const [answer] = await messagesOf(await client.postTool(1, 'echo', { text: 'x' }));
  expect(answer?.error?.['data']).toMatchObject({ code: 'CRASH_LOOP' });
  const other = await TestClient.open(host, { principal: 'another principal' });
  expect(await other.tool('echo', { text: 'well' })).toBe('well');
  expect(host.status().phase).toBe('READY');
});

const initialize = async () => {
  const response = await host.request('/mcp', {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
    body: JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      method: 'initialize',
      params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'x', version: '1' } },
    }),
  });
  return (await messagesOf(response))[0];
};

test.each([
  ['needs-key', { code: 'MISSING_CREDENTIAL', variables: ['EXAMPLE_API_KEY'], exitCode: 1 }],
  ['throws', { code: 'EXITED_AT_START', message: expect.stringContaining('cannot read the configuration') }],
  ['text', { code: 'MISSING_ARGUMENT', modes: [['stdio']], stderrTail: ['Usage: server [stdio|http]'] }],
])(
  'a server that cannot start (%s) reports the reason, before the first call and in the answer to each call',
  async (start, failure) => {
    host = await startTestHost({ env: { FIXTURE_START: start } });
    await eventually('the failure', () => host.status().phase === 'FAILED');
    expect(host.status().lastError).toMatchObject(failure);
    expect((await initialize())?.error?.['data']).toMatchObject(failure);
  },
);

test.each([
  ['text-and-stay', 'NO_HANDSHAKE'],
  ['silent', 'HANDSHAKE_TIMEOUT'],
])('a server that does not answer (%s) fails with %s', async (start, code) => {
  host = await startTestHost({ env: { FIXTURE_START: start } }, { handshakeTimeoutMs: 600 });
  if (start === 'text-and-stay')
    await eventually('the text', async () => (await host.logs()).includes('Listening on port 3000'));
  expect((await initialize())?.error?.['data']).toMatchObject({ code });
  expect(host.status().phase).toBe('FAILED');
  await eventually('the silent child to be stopped', () => host.status().children.length === 0);
});

test('a command that does not exist fails with its name', async () => {
  host = await startTestHost({ package: { runtime: 'command', command: '/no/such/program', args: [] } });
  await eventually('the failure', () => host.status().phase === 'FAILED');
  expect(host.status().lastError).toMatchObject({
    code: 'EXITED_AT_START',
    message: expect.stringContaining('ENOENT'),
  });
});
