import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createModernClient } from '../../modern-client.testing.ts';
import {
  eventually,
  type Json,
  type Message,
  messagesOf,
  readEvents,
  startTestHost,
  TestClient,
  type TestHost,
  textOf,
} from '../../test-rig.ts';

const PREFIX = 'io.modelcontextprotocol/';
const SERVER_INFO = { [`${PREFIX}serverInfo`]: { name: 'fixture', version: '1.2.3' } };

let host: TestHost;
beforeAll(async () => {
  host = await startTestHost();
});
afterAll(() => host.close({ drainMs: 0 }));

const read = (answer: Message | undefined): unknown => JSON.parse(textOf(answer));

describe('a client of 2026-07-28 over a legacy server', () => {
  test('discovers the server from its handshake', async () => {
    const { result } = await createModernClient(host).request('server/discover');
    expect(result).toEqual({
      resultType: 'complete',
      ttlMs: 0,
      cacheScope: 'private',
      _meta: SERVER_INFO,
      supportedVersions: ['2026-07-28', '2025-11-25', '2025-06-18', '2025-03-26', '2024-11-05'],
      capabilities: { tools: { listChanged: true }, logging: {}, resources: { subscribe: true } },
    });
  });

  test('gets results with the members of its protocol', async () => {
    const client = createModernClient(host);
    const list = await client.request('tools/list');
    expect(list.result).toMatchObject({ resultType: 'complete', ttlMs: 0, cacheScope: 'private', _meta: SERVER_INFO });
    const echo = await client.call('echo', { text: 'grün' });
    expect(echo.result).toEqual({
      resultType: 'complete',
      _meta: SERVER_INFO,
      content: [{ type: 'text', text: 'grün' }],
    });
  });

  test('leaves the metadata of its protocol at the host, and its own reaches the server', async () => {
    const client = createModernClient(host);
    const answer = await client.request('tools/call', { name: 'call' }, { meta: { 'x/own': 1, progressToken: 'p' } });
    expect(read(answer)).toMatchObject({ meta: { 'x/own': 1, progressToken: expect.any(Number) } });
    expect(read(await client.call('client'))).toEqual({
      protocolVersion: '2025-11-25',
      capabilities: {},
      clientInfo: { name: 'raw', version: '1' },
    });
  });

  test('gets the error codes and statuses of its protocol', async () => {
    const client = createModernClient(host);
    const missing = await client.request('resources/read', { uri: 'file:///none' });
    expect(missing.error).toEqual({ code: -32602, message: 'Resource not found', data: { uri: 'file:///none' } });
    for (const method of ['no/such', 'ping', 'initialize', 'logging/setLevel', 'resources/subscribe', 'tasks/get']) {
      const response = await client.send(method, {}, { id: 'x' });
      const [answer] = await messagesOf(response);
      expect([method, response.status, answer?.id, answer?.error?.['code']]).toEqual([method, 404, 'x', -32601]);
    }
    const level = await client.send('tools/list', {}, { meta: { [`${PREFIX}logLevel`]: 'shout' } });
    expect([level.status, (await messagesOf(level))[0]?.error?.['code']]).toEqual([400, -32602]);
    const version = await client.send('tools/list', {}, { meta: { [`${PREFIX}protocolVersion`]: '2099-01-01' } });
    expect(version.status).toBe(400);
  });

  test.each([
    ['an error', '"error":{"code":-1,"message":none}'],
    ['a result', '"result":{"isError":none}'],
  ])('outlives %s of the server that is not JSON', async (_, member) => {
    const client = createModernClient(host);
    const text = `{"jsonrpc":"2.0","id":$id,${member}}\n`;
    await (await client.send('tools/call', { name: 'print', arguments: { text, silent: true } })).text();
    expect((await client.call('echo', { text: 'still here' })).result).toBeDefined();
  });

  test('is refused if it describes itself at length, because the host remembers each kind of client', async () => {
    const response = await createModernClient(host, { info: { name: 'x'.repeat(20_000) } }).send('tools/list');
    expect([response.status, (await messagesOf(response))[0]?.error?.['code']]).toEqual([400, -32602]);
  });

  test('gets progress on the stream of its request, under its own token', async () => {
    const client = createModernClient(host);
    const params = { name: 'progress', arguments: { steps: 2, text: 'x' } };
    const messages = await messagesOf(await client.send('tools/call', params, { meta: { progressToken: 'mine' } }));
    expect(messages.slice(0, -1).map((message) => message.params?.['progressToken'])).toEqual(['mine', 'mine']);
  });

  test('cancels the call at the server when it closes the stream', async () => {
    const client = createModernClient(host);
    const abort = new AbortController();
    const hanging = client.send('tools/call', { name: 'hang' }, { signal: abort.signal });
    await eventually('the call', () => host.status().children.some(({ inFlight }) => inFlight > 0));
    abort.abort();
    await expect(hanging).rejects.toThrow();
    await eventually('the cancellation', async () => (read(await client.call('cancelled')) as unknown[]).length > 0);
  });

  test('gets log messages only for requests that ask for them, at their level', async () => {
    const client = createModernClient(host, { info: { name: 'logs', version: '1' } });
    const logs = async (level?: string) => {
      const meta = level === undefined ? {} : { [`${PREFIX}logLevel`]: level };
      const messages = await messagesOf(await client.send('tools/call', { name: 'logAll' }, { meta }));
      return messages.slice(0, -1).map(({ params }) => params?.['level']);
    };
    expect(await logs()).toEqual([]);
    expect(await logs('error')).toEqual(['error']);
    expect(await logs('info')).toEqual(['info', 'error']);
    expect(await logs('error')).toEqual(['error']);
    // The child keeps the most verbose level that a request asked for.
    expect(read(await client.call('levels'))).toEqual(['error', 'info']);
  });
});

describe('a server that asks in the middle of a call', () => {
  const ALL = { elicitation: { form: {}, url: {} }, sampling: {}, roots: {} };
  const asked = (answer: Message): Json => answer.result?.['inputRequests'] as Json;

  test('gets its answer over a second request, and the same call goes on', async () => {
    const client = createModernClient(host, { capabilities: ALL });
    const args = { method: 'elicitation/create', params: { message: 'Größe?', elicitationId: 'e' } };
    const first = await client.call('ask', args);
    expect(first.result).toEqual({
      resultType: 'input_required',
      inputRequests: { elicitation_1: { method: 'elicitation/create', params: { message: 'Größe?' } } },
      requestState: expect.stringMatching(/^[\w-]+$/),
      _meta: SERVER_INFO,
    });
    const response = { action: 'accept', content: { name: 'Zoë' } };
    const second = await client.retry(first, 'ask', args, { elicitation_1: response, unknown: {} });
    expect(read(second)).toEqual(response);
    expect(second.result?.['resultType']).toBe('complete');
    const requests = read(await client.call('requests')) as string[];
    expect(requests.filter((method) => method === 'tools/call')).toHaveLength(2); // one of them is this
  });

  test('may ask several things at once, and again for what was left out', async () => {
    const client = createModernClient(host, { capabilities: ALL, info: { name: 'several', version: '1' } });
    const args = { methods: ['elicitation/create', 'sampling/createMessage', 'roots/list'] };
    const first = await client.call('askAll', args);
    expect(Object.keys(asked(first))).toEqual(['elicitation_1', 'sampling_2', 'roots_3']);
    const second = await client.retry(first, 'askAll', args, { elicitation_1: { action: 'decline' } });
    expect(Object.keys(asked(second))).toEqual(['sampling_2', 'roots_3']);
    const third = await client.retry(second, 'askAll', args, { sampling_2: { role: 'a' }, roots_3: { roots: [] } });
    expect(read(third)).toEqual([{ action: 'decline' }, { role: 'a' }, { roots: [] }]);
  });

  test('may take as many rounds as it needs', async () => {
    const client = createModernClient(host, { capabilities: ALL, info: { name: 'rounds', version: '1' } });
    const args = { rounds: 12 };
    let answer = await client.call('interview', args);
    let rounds = 0;
    while (answer.result?.['resultType'] === 'input_required') {
      rounds += 1;
      const [key = ''] = Object.keys(asked(answer));
      answer = await client.retry(answer, 'interview', args, { [key]: { action: 'accept', content: { rounds } } });
    }
    expect(rounds).toBe(12);
    expect(read(answer)).toHaveLength(12);
  });

  test('reports progress of the later round under the token of that round', async () => {
    const client = createModernClient(host, { capabilities: ALL, info: { name: 'token', version: '1' } });
    const args = { rounds: 1 };
    const first = await client.call('interview', args);
    const params = { name: 'interview', arguments: args, requestState: first.result?.['requestState'] };
    const again = await client.request('tools/call', params);
    expect(again.result?.['resultType']).toBe('input_required'); // nothing was answered yet
    expect(asked(again)).toEqual(asked(first));
  });

  test('asks in a browser under 2026-07-28 when it answers with -32042', async () => {
    const client = createModernClient(host, { capabilities: ALL, info: { name: 'browser', version: '1' } });
    const first = await client.call('signIn');
    expect(asked(first)).toEqual({
      elicitation_1: {
        method: 'elicitation/create',
        params: { mode: 'url', url: 'https://example.com/', message: 'Sign in' },
      },
    });
    const second = await client.retry(first, 'signIn', {}, { elicitation_1: { action: 'accept' } });
    expect(second.result?.['resultType']).toBe('input_required'); // the server was called again, and asks again
    const simple = createModernClient(host, { info: { name: 'browser', version: '1' } });
    const response = await simple.send('tools/call', { name: 'signIn' });
    expect(response.status).toBe(400);
    expect((await messagesOf(response))[0]?.error).toMatchObject({
      code: -32021,
      data: { requiredCapabilities: { elicitation: { url: {} } } },
    });
  });

  test('never asks a client for what it did not declare', async () => {
    const client = createModernClient(host, { capabilities: { elicitation: {} }, info: { name: 'few', version: '1' } });
    // The fixture answers its call with the refusal, as a server that can go on without the input.
    expect(read(await client.call('ask', { method: 'sampling/createMessage' }))).toMatchObject({ code: -32601 });
    const url = await client.call('ask', { method: 'elicitation/create', params: { mode: 'url' } });
    expect(read(url)).toMatchObject({ code: -32601 });
  });

  test('may answer its call before the client has answered its question', async () => {
    const client = createModernClient(host, { capabilities: ALL, info: { name: 'hasty', version: '1' } });
    expect(textOf(await client.call('hasty'))).toBe('done already');
  });
});

describe('the state of a round', () => {
  const ALL = { elicitation: {} };
  const ARGS = { method: 'elicitation/create', params: { message: 'Name?' } };
  const YES = { elicitation_1: { action: 'accept' } };

  const refusalOf = ({ error }: Message) => [error?.['code'], String(error?.['message']).slice(0, 17)];
  const REFUSED = [-32602, 'This requestState'];

  test('is refused if it was changed, and the call can still be continued', async () => {
    const client = createModernClient(host, { capabilities: ALL });
    const first = await client.call('ask', ARGS);
    const state = String(first.result?.['requestState']);
    for (const changed of [`${state}-`, state.slice(0, -1), `A${state.slice(1)}`, '', 'x'.repeat(5_000)])
      expect(refusalOf(await client.call('ask', ARGS, { requestState: changed, inputResponses: YES }))).toEqual(
        REFUSED,
      );
    expect(read(await client.retry(first, 'ask', ARGS, YES))).toEqual({ action: 'accept' });
  });

  test('continues a request once', async () => {
    const client = createModernClient(host, { capabilities: ALL });
    const first = await client.call('ask', ARGS);
    await client.retry(first, 'ask', ARGS, YES);
    expect(refusalOf(await client.retry(first, 'ask', ARGS, YES))).toEqual(REFUSED);
  });

  test('continues the request with the same parameters only, whatever their order', async () => {
    const client = createModernClient(host, { capabilities: ALL });
    const first = await client.call('ask', ARGS);
    const other = { ...ARGS, params: { message: 'Password?' } };
    expect(refusalOf(await client.retry(first, 'ask', other, YES))).toEqual(REFUSED);
    const reordered = { params: ARGS.params, method: ARGS.method };
    expect(read(await client.retry(first, 'ask', reordered, YES))).toEqual({ action: 'accept' });
  });

  test('is worth nothing to another principal', async () => {
    const [mine, other] = ['a', 'b'].map((principal) => createModernClient(host, { principal, capabilities: ALL }));
    const first = await mine?.call('ask', ARGS);
    if (!first || !other || !mine) throw new Error('unreachable');
    expect(refusalOf(await other.retry(first, 'ask', ARGS, YES))).toEqual(REFUSED);
    expect(read(await mine.retry(first, 'ask', ARGS, YES))).toEqual({ action: 'accept' });
  });

  test('is worth nothing to another host', async () => {
    const second = await startTestHost();
    try {
      const first = await createModernClient(host, { capabilities: ALL }).call('ask', ARGS);
      const elsewhere = await createModernClient(second, { capabilities: ALL }).retry(first, 'ask', ARGS, YES);
      expect(refusalOf(elsewhere)).toEqual(REFUSED);
    } finally {
      await second.close({ drainMs: 0 });
    }
  });

  test('survives malformed responses', async () => {
    const client = createModernClient(host, { capabilities: ALL });
    const first = await client.call('ask', ARGS);
    for (const inputResponses of [null, 7, [], { elicitation_1: 12345 }, { elicitation_1: null }]) {
      const state = { requestState: first.result?.['requestState'], inputResponses };
      expect((await client.call('ask', ARGS, state)).error?.['code']).toBe(-32602);
    }
    expect(read(await client.retry(first, 'ask', ARGS, YES))).toEqual({ action: 'accept' });
  });
});

describe('two principals', () => {
  test('never see each other’s questions, even in one child', async () => {
    const shared = await startTestHost({ isolation: 'SHARED' });
    try {
      const [a, b] = ['a', 'b'].map((principal) =>
        createModernClient(shared, { principal, capabilities: { elicitation: {} } }),
      );
      if (!a || !b) throw new Error('unreachable');
      const args = { method: 'elicitation/create', params: { message: 'Alone?' } };
      const alone = await a.call('ask', args);
      expect(alone.result?.['resultType']).toBe('input_required');
      expect(textOf(await b.call('pid'))).not.toBe('');
      expect(read(await a.retry(alone, 'ask', args, { elicitation_1: { action: 'accept' } }))).toEqual({
        action: 'accept',
      });
      for (const client of [a, b]) expect(read(await client.call('ask', args))).toMatchObject({ code: -32000 });
      const legacy = await TestClient.open(shared, { principal: 'c', capabilities: { elicitation: {} } });
      expect(JSON.parse(await legacy.tool('ask', args))).toMatchObject({ code: -32000 });
    } finally {
      await shared.close({ drainMs: 0 });
    }
  });

  test('have children of their own, and so have clients that can do different things', async () => {
    const pidOf = async (principal: string, capabilities: Json) =>
      textOf(await createModernClient(host, { principal, capabilities }).call('pid'));
    const first = await pidOf('p', {});
    expect(await pidOf('p', {})).toBe(first);
    expect(await pidOf('q', {})).not.toBe(first);
    expect(await pidOf('p', { roots: {} })).not.toBe(first);
  });
});

describe('subscriptions/listen over a legacy server', () => {
  const listen = async (client: ReturnType<typeof createModernClient>, id: unknown, notifications: Json) => {
    const abort = new AbortController();
    const response = await client.send('subscriptions/listen', { notifications }, { id, signal: abort.signal });
    const events = readEvents(response);
    return {
      close: () => abort.abort(),
      next: async (): Promise<Message> => JSON.parse((await events.next()).value?.data ?? '{}'),
    };
  };
  const subscriptionOf = ({ params }: Message) => {
    const meta: Json = { ...Object(params?.['_meta']) };
    return meta[`${PREFIX}subscriptionId`];
  };

  test('acknowledges what the server supports, and tags what it sends', async () => {
    const client = createModernClient(host, { info: { name: 'Hörer', version: '1' } });
    const wanted = { toolsListChanged: true, promptsListChanged: true, resourceSubscriptions: ['file:///ä'] };
    const stream = await listen(client, 'sub-ü', wanted);
    const first = await stream.next();
    expect(first.method).toBe('notifications/subscriptions/acknowledged');
    expect(first.params?.['notifications']).toEqual({
      toolsListChanged: true,
      resourceSubscriptions: ['file:///ä'],
    });
    await client.call('notify', { method: 'notifications/resources/updated', params: { uri: 'file:///b' } });
    await client.call('notify', { method: 'notifications/resources/updated', params: { uri: 'file:///ä' } });
    const update = await stream.next();
    expect(update.params?.['uri']).toBe('file:///ä');
    expect(read(await client.call('client'))).toMatchObject({ clientInfo: { name: 'Hörer' } });
    await client.call('notify', { method: 'notifications/tools/list_changed' });
    const change = await stream.next();
    expect(change.method).toBe('notifications/tools/list_changed');
    expect([first, update, change].map(subscriptionOf)).toEqual(['sub-ü', 'sub-ü', 'sub-ü']);
    stream.close();
  });

  test('subscribes the server once for all listeners, and until the last has left', async () => {
    const client = createModernClient(host, { info: { name: 'counting', version: '1' } });
    const wanted = { resourceSubscriptions: ['file:///a'] };
    const [one, two] = [await listen(client, 1, wanted), await listen(client, 2, wanted)];
    await Promise.all([one.next(), two.next()]);
    const subscriptions = async () =>
      (read(await client.call('requests')) as string[]).filter((method) => method.startsWith('resources/'));
    expect(await subscriptions()).toEqual(['resources/subscribe']);
    one.close();
    await client.call('notify', { method: 'notifications/resources/updated', params: { uri: 'file:///a' } });
    expect((await two.next()).params?.['uri']).toBe('file:///a');
    two.close();
    await eventually('the end', async () => (await subscriptions()).at(-1) === 'resources/unsubscribe');
  });

  test('ends gracefully when the server crashes, and when the machine stops', async () => {
    const own = await startTestHost();
    const client = createModernClient(own);
    const first = await listen(client, 1, { toolsListChanged: true });
    await first.next();
    await client.call('crash');
    expect((await first.next()).result).toEqual({ resultType: 'complete', _meta: { [`${PREFIX}subscriptionId`]: 1 } });
    const second = await listen(client, 2, { toolsListChanged: true });
    await second.next();
    await Promise.all([
      own.close({ drainMs: 0 }),
      second.next().then(({ id, result }) => expect([id, result?.['resultType']]).toEqual([2, 'complete'])),
    ]);
  });

  test('refuses what is not a filter', async () => {
    const client = createModernClient(host);
    for (const notifications of [undefined, [], { resourceSubscriptions: [7] }]) {
      const response = await client.send('subscriptions/listen', { notifications });
      expect([response.status, (await messagesOf(response))[0]?.error?.['code']]).toEqual([400, -32602]);
    }
  });
});
