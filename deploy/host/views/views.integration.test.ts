import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createModernClient } from '../modern-client.testing.ts';
import {
  eventually,
  type Json,
  type Message,
  messagesOf,
  readEvents,
  TestClient,
  type TestHost,
  textOf,
} from '../test-rig.ts';
import { principalInView, type ViewRules } from '../view-contract.ts';
import { ANN, giveView, HIDING, inView, startHiding } from './hiding.testing.ts';

const INITIALIZE = JSON.stringify({
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'c', version: '1' } },
});
const post = (host: TestHost, path: string, headers: Record<string, string>) =>
  host.request(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream', ...headers },
    body: INITIALIZE,
  });

/** Collects the messages that a stream receives from now on. */
const follow = (response: Response, into: Message[]) =>
  void (async () => {
    for await (const { data } of readEvents(response)) if (data !== '') into.push(JSON.parse(data) as Message);
  })().catch(() => {});

/** The methods of notifications, and the URIs that they name. */
const told = (messages: readonly Message[]) =>
  messages.flatMap(({ method, params }) =>
    method === undefined ? [] : [`${method} ${String(params?.['uri'] ?? '')}`.trim()],
  );

const emit = (method: string, params: Json = {}, more: Json = {}) => ({ method, params, ...more });

describe.each(['legacy', 'modern'] as const)('notifications of a %s server', (server) => {
  let host: TestHost;
  beforeAll(async () => {
    host = await startHiding(server);
    await giveView(host, HIDING);
  });
  afterAll(() => host.close());

  test('reach a client only if they are about something that its view shows', async () => {
    const received: Message[] = [];
    const client = await TestClient.open(inView(host), { principal: ANN });
    const stream = new AbortController();
    follow(await client.get({}, { signal: stream.signal }), received);
    await client.post({ id: 5, method: 'resources/subscribe', params: { uri: 'docs://readme' } });
    await client.post({ id: 6, method: 'resources/subscribe', params: { uri: 'secret://vault' } });
    await client.tool('emit', emit('notifications/resources/updated', { uri: 'secret://vault' }));
    await client.tool('emit', emit('notifications/resources/updated', { uri: 'docs://%70rivate/plan' }));
    await client.tool('emit', emit('notifications/tasks/status', { taskId: 'old', status: 'TOPSECRET' }));
    await client.tool('emit', emit('notifications/vendor', { secret: 'TOPSECRET' }));
    // the description of a hidden tool changes, and nothing that the view shows
    await client.tool('emit', emit('notifications/tools/list_changed', {}, { rename: true }));
    await client.tool('emit', emit('notifications/prompts/list_changed'));
    await client.tool('emit', emit('notifications/resources/updated', { uri: 'docs://readme' }));
    await client.tool('emit', emit('notifications/tools/list_changed', {}, { extra: true }));
    await eventually('the last notification', () => told(received).includes('notifications/tools/list_changed'));
    expect(told(received).sort()).toEqual([
      'notifications/resources/updated docs://readme',
      'notifications/tools/list_changed',
    ]);
    stream.abort();
  });

  test('reach a subscription of MCP 2026-07-28 only if they are about something shown', async () => {
    const received: Message[] = [];
    const client = createModernClient(inView(host), { principal: ANN });
    const stream = new AbortController();
    const notifications = {
      toolsListChanged: true,
      resourceSubscriptions: ['secret://vault', 'docs://readme', 'docs://private/plan'],
    };
    const response = await client.send('subscriptions/listen', { notifications }, { signal: stream.signal });
    follow(response, received);
    await eventually('the acknowledgment', () => received.length > 0);
    expect(JSON.stringify(received)).not.toMatch(/vault|private/);
    await client.call('emit', emit('notifications/resources/updated', { uri: 'secret://vault' }));
    await client.call('emit', emit('notifications/resources/updated', { uri: 'docs://readme' }));
    await eventually('the update', () => told(received).includes('notifications/resources/updated docs://readme'));
    expect(JSON.stringify(received)).not.toMatch(/vault|private/);
    stream.abort();
  });
});

describe('a subscription of MCP 2026-07-28 to hidden resources', () => {
  let host: TestHost;
  beforeAll(async () => {
    host = await startHiding('modern');
    await giveView(host, HIDING);
  });
  afterAll(() => host.close());
  const meta =
    '"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientInfo":{"name":"c","version":"1"},"io.modelcontextprotocol/clientCapabilities":{}}';

  test.each([
    ['by name', '{"resourceSubscriptions":["secret://vault","docs://private/plan"]}'],
    ['in escapes', '{"resourceSubscriptions":["docs://%70rivate/plan","docs://page/../private/plan"]}'],
    ['in JSON escapes', String.raw`{"resource\u0053ubscriptions":["secret:\u002f/vault"]}`],
    ['in a second list', '{"resourceSubscriptions":[],"resourceSubscriptions":["secret://vault"]}'],
    ['in capitals', '{"RESOURCESUBSCRIPTIONS":["secret://vault"],"ResourceSubscriptions":["secret://vault"]}'],
    ['that is text', '{"resourceSubscriptions":"secret://vault"}'],
    ['in lists of lists', '{"resourceSubscriptions":[["secret://vault"],{"uri":"secret://vault"}]}'],
    ['by a template', '{"resourceSubscriptions":["secret://{name}","secret://*"]}'],
    ['by a vendor', '{"x/resources":["secret://vault"],"everything":true}'],
    ['by a filter that is a list', '[{"resourceSubscriptions":["secret://vault"]}]'],
    ['by a filter that is text', '"{\\"resourceSubscriptions\\":[\\"secret://vault\\"]}"'],
  ])('is not made %s', async (_how, filter) => {
    const stream = new AbortController();
    const response = await inView(host).request('/mcp', {
      method: 'POST',
      signal: stream.signal,
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        'catwalk-principal': ANN,
        'mcp-protocol-version': '2026-07-28',
        'mcp-method': 'subscriptions/listen',
      },
      body: `{"jsonrpc":"2.0","id":7,"method":"subscriptions/listen","params":{${meta},"notifications":${filter}}}`,
    });
    const received: Message[] = [];
    follow(response.clone(), received);
    const client = createModernClient(inView(host), { principal: ANN });
    await client.call('emit', emit('notifications/resources/updated', { uri: 'secret://vault' }));
    await client.call('emit', emit('notifications/resources/updated', { uri: 'docs://private/plan' }));
    const reached = JSON.parse(textOf(await client.call('reached'))) as string[];
    expect(reached.some((one) => one.startsWith('listen '))).toBe(true);
    expect(reached.filter((one) => !one.startsWith('tool emit')).join('\n')).not.toMatch(/secret:|private/);
    stream.abort();
    expect(JSON.stringify(received)).not.toMatch(/secret:|private/);
  });
});

describe('the host and its views', () => {
  let host: TestHost;
  beforeAll(async () => {
    host = await startHiding('legacy');
  });
  afterAll(() => host.close());

  test('asks for rules that it does not hold before anything is begun, and never serves without', async () => {
    const principal = { 'catwalk-principal': principalInView('ann', 'unknown') };
    const wanted = await post(host, '/view/mcp', { ...principal, 'catwalk-view': '1' });
    expect([wanted.status, wanted.headers.get('catwalk-view-wanted')]).toEqual([428, '1']);
    expect((await post(host, '/mcp', principal)).status).toBe(428);
    expect((await post(host, '/view/mcp', { 'catwalk-principal': 'ann', 'catwalk-view': '1' })).status).toBe(400);
    expect((await host.request('/view/status')).status).toBe(404);
    expect((await host.request('/views', { method: 'POST', body: '{"id":"v1","revision":1,"rules":{}}' })).status).toBe(
      400,
    );
  });

  test('newer rules count at once for sessions and children that exist, and older ones never take their place', async () => {
    const id = 'changing';
    const principal = principalInView('ann', id);
    await giveView(host, HIDING, 1, id);
    const client = await TestClient.open(inView(host), { principal });
    const received: Message[] = [];
    const stream = new AbortController();
    follow(await client.get({}, { signal: stream.signal }), received);
    expect(client.initialize.result?.['instructions']).toBe('Use open_file.');
    await messagesOf(await client.post({ id: 2, method: 'tools/list', params: {} }));
    expect(await client.tool('größe')).toBe('groß');
    const narrower: ViewRules = { ...HIDING, tools: { ...HIDING.tools, deny: [...HIDING.tools.deny, 'gr*'] } };
    const children = host.status().children.map(({ pid }) => pid);
    expect(await giveView(host, narrower, 2, id)).toBe(200);
    await expect(client.tool('größe')).rejects.toThrow('Unknown tool: größe');
    await eventually('the notification', () => told(received).includes('notifications/tools/list_changed'));
    await giveView(host, HIDING, 1, id);
    await expect(client.tool('größe')).rejects.toThrow('Unknown tool: größe');
    expect(host.status().children.map(({ pid }) => pid)).toEqual(children);
    expect(
      (await inView(host, 3).request('/mcp', { method: 'GET', headers: { 'catwalk-principal': principal } })).status,
    ).toBe(428);
    stream.abort();
  });

  test.each(['AUTO', 'SHARED'] as const)('shares no session and no child between two views: %s', async (isolation) => {
    const shared = await startHiding('legacy', 'error', { isolation });
    try {
      for (const id of ['v1', 'v2']) await giveView(shared, HIDING, 1, id);
      const whole = await TestClient.open(shared, { principal: 'ann' });
      const one = await TestClient.open(inView(shared), { principal: ANN });
      const other = await TestClient.open(inView(shared), { principal: principalInView('ann', 'v2') });
      expect(shared.status().children).toHaveLength(3);
      for (const principal of ['ann', principalInView('ann', 'v2')]) {
        const host = principal === 'ann' ? shared : inView(shared);
        const stolen = await host.request('/mcp', {
          headers: { 'catwalk-principal': principal, 'mcp-session-id': one.session, accept: 'text/event-stream' },
        });
        expect(stolen.status).toBe(404);
      }
      await whole.tool('delete_repo');
      await expect(other.tool('delete_repo')).rejects.toThrow('Unknown tool: delete_repo');
      expect(await (await shared.request('/offer')).json()).toMatchObject({ varies: false });
    } finally {
      await shared.close();
    }
  });

  test('holds for each request of a batch', async () => {
    await giveView(host, HIDING);
    const client = await TestClient.open(inView(host), { principal: ANN, protocolVersion: '2025-03-26' });
    const call = (id: number, name: string) =>
      `{"jsonrpc":"2.0","id":${id},"method":"tools/call","params":{"name":"${name}"}}`;
    const response = await inView(host).request('/mcp', {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        'catwalk-principal': ANN,
        'mcp-session-id': client.session,
      },
      body: `[${call(1, 'delete_repo')},${call(2, 'größe')},${call(3, 'admin_reset')}]`,
    });
    const answers = (await messagesOf(response)).flat() as Message[];
    const byId = new Map(answers.map((answer) => [answer.id, answer]));
    expect(textOf(byId.get(2))).toBe('groß');
    expect(byId.get(1)?.error).toMatchObject({ message: 'Unknown tool: delete_repo.' });
    expect(byId.get(3)?.error).toMatchObject({ message: 'Unknown tool: admin_reset.' });
  });

  test('finds the tasks of a view and no others', async () => {
    const client = await TestClient.open(inView(host), { principal: ANN });
    const [created] = await messagesOf(
      await client.post({ id: 3, method: 'tools/call', params: { name: 'größe', task: {} } }),
    );
    const taskId = (created?.result?.['task'] as Json | undefined)?.['taskId'];
    const [listed] = await messagesOf(await client.post({ id: 4, method: 'tasks/list', params: {} }));
    expect(listed?.result?.['tasks']).toEqual([{ taskId, status: 'own task' }]);
    const [found] = await messagesOf(await client.post({ id: 5, method: 'tasks/result', params: { taskId } }));
    expect(textOf(found)).toBe('own task');
  });
});
