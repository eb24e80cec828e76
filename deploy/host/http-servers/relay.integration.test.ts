import { fileURLToPath } from 'node:url';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { afterEach, expect, test } from 'vitest';
import { createModernClient } from '../modern-client.testing.ts';
import type { HttpServing } from '../package-spec.ts';
import { eventually, startTestHost, type TestHost } from '../test-rig.ts';

const fixture = (name: string) => fileURLToPath(new URL(`../../../tests/fixtures/http/${name}`, import.meta.url));

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

const startHttp = async (words: string[], http: HttpServing = {}, file = 'server.ts') => {
  const host = await startTestHost({
    package: { runtime: 'command', command: 'node', args: [fixture(file), ...words], http },
  });
  closers.push(() => host.close());
  return host;
};

const connect = async (host: TestHost, principal = 'someone') => {
  const client = new Client({ name: 'test', version: '1' }, { capabilities: { sampling: {} } });
  client.setRequestHandler('sampling/createMessage', async () => ({
    model: 'test',
    role: 'assistant',
    content: { type: 'text', text: 'blue' },
  }));
  await client.connect(
    new StreamableHTTPClientTransport(new URL(`${host.url}/mcp`), {
      requestInit: { headers: { 'catwalk-principal': principal } },
    }),
  );
  closers.push(() => client.close());
  return client;
};

const textOf = (result: unknown): string => (result as { content: { text: string }[] }).content[0]?.text ?? '';

test.each([
  ['Streamable HTTP with sessions', ['sessions']],
  ['HTTP+SSE', ['sse']],
  ['a port behind a flag', ['sessions', '--port', '1'], { portFlag: '--port' }],
  ['a port of its own choice', ['fixed']],
  ['a path that its code names, without sessions', ['stateless'], { paths: ['/api/tools/mcp'] }],
] as [string, string[], HttpServing?][])('relays to a server with %s', async (_name, words, http) => {
  const client = await connect(await startHttp(words, http));
  const { tools } = await client.listTools();
  expect(tools.map(({ name }) => name)).toContain('greet');
  const progress: number[] = [];
  const result = await client.callTool(
    { name: 'greet', arguments: { name: 'Zoë' } },
    words[0] === 'stateless' ? {} : { onprogress: (update) => progress.push(update.progress) },
  );
  expect(textOf(result)).toBe('Grüß dich, Zoë!');
  if (words[0] !== 'stateless') expect(progress).toEqual([1]);
});

test('passes the calls of the stateless era to a server of version 2 of the SDK', async () => {
  const host = await startHttp([], {}, 'both-eras.ts');
  const client = createModernClient(host);
  const called = await client.send('tools/call', { name: 'greet', arguments: { name: 'Zoë' } });
  expect(await called.text()).toContain('Grüß dich, Zoë!');
  expect((await host.fetchStatus()).children.map(({ era }) => era)).toEqual(['modern']);
});

test.each([['sessions'], ['sse']])('carries questions of a server to its client and back (%s)', async (mode) => {
  const client = await connect(await startHttp([mode]));
  expect(textOf(await client.callTool({ name: 'ask' }))).toContain('blue');
});

test.each([['sessions'], ['sse']])('carries notifications that belong to no call (%s)', async (mode) => {
  const client = await connect(await startHttp([mode]));
  const changed = new Promise<void>((resolve) =>
    client.setNotificationHandler('notifications/tools/list_changed', () => resolve()),
  );
  await client.callTool({ name: 'grow' });
  await changed;
  expect((await client.listTools()).tools.map(({ name }) => name)).toContain('grown');
});

test('gives each caller a process of its own, on a port of its own', async () => {
  const host = await startHttp(['sessions']);
  const [one, other] = await Promise.all([connect(host, 'one'), connect(host, 'other')]);
  const [a, b] = await Promise.all([one, other].map((client) => client.callTool({ name: 'whoami' })));
  expect(textOf(a)).not.toBe(textOf(b));
});

test('reports the exit of a server, and starts it again for the next call', async () => {
  const host = await startHttp(['sessions']);
  const client = await connect(host);
  await expect(client.callTool({ name: 'leave' })).rejects.toThrow(/ended with exit code 3/);
  expect(textOf(await client.callTool({ name: 'greet', arguments: { name: 'you' } }))).toBe('Grüß dich, you!');
});

test('explains a server that ends because a credential is missing', async () => {
  const host = await startHttp(['key']);
  const failure = await eventually('the failure', async () => (await host.fetchStatus()).lastError);
  expect(failure).toMatchObject({ code: 'MISSING_CREDENTIAL', variables: ['API_KEY'] });
});

test('says so when a server that was taken for one of stdio serves a port instead', async () => {
  const host = await startTestHost(
    { package: { runtime: 'command', command: 'node', args: [fixture('server.ts'), 'fixed'] } },
    { handshakeTimeoutMs: 4_000 },
  );
  closers.push(() => host.close());
  // The host starts a process before it is needed: only its silence counts, not its start.
  await eventually('the port', async () => (await host.logs()).some((line) => line.startsWith('Listening')));
  const answer = await host.request('/mcp', {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
    body: JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      method: 'initialize',
      params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'test', version: '1' } },
    }),
  });
  const { error } = JSON.parse(await answer.text());
  expect(error.message).toMatch(/serves port \d+ and does not speak stdio/);
  expect(error.data).toMatchObject({ code: 'NO_HANDSHAKE', hint: expect.stringContaining('--transport http') });
});

test('leaves no process of the server behind', async () => {
  const host = await startHttp(['sessions']);
  const client = await connect(host);
  const { pid } = JSON.parse(textOf(await client.callTool({ name: 'whoami' }))) as { pid: number };
  await client.close();
  await host.close();
  expect(() => process.kill(pid, 0)).toThrow(/ESRCH/);
});
