import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually, messagesOf, readEvents, startTestHost, TestClient, type TestHost, textOf } from '../test-rig.ts';

let host: TestHost;
beforeAll(async () => {
  host = await startTestHost();
});
afterAll(() => host.close({ drainMs: 0 }));

describe('relaying', () => {
  test('a call that needs only its answer gets plain JSON', async () => {
    const client = await TestClient.open(host);
    const response = await client.postTool(1, 'echo', { text: 'hi' });
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(await response.json()).toEqual({
      jsonrpc: '2.0',
      id: 1,
      result: { content: [{ type: 'text', text: 'hi' }] },
    });
  });

  test('ids of every kind come back as they were sent', async () => {
    const client = await TestClient.open(host);
    for (const id of [0, 42, 'a', 'with "quotes" and \\ and ü', -1, 1e21]) {
      const [answer] = await messagesOf(await client.postTool(id, 'echo', { text: 'x' }));
      expect(answer?.id).toBe(id);
    }
  });

  test('a body with line breaks and unknown fields reaches the child as one line', async () => {
    const client = await TestClient.open(host);
    const response = await host.request('/mcp', {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        'mcp-session-id': client.session,
      },
      body: JSON.stringify(
        {
          jsonrpc: '2.0',
          id: 1,
          method: 'tools/call',
          params: { name: 'call', _meta: { 'x/unknown': [1, { a: 'ü' }] } },
        },
        null,
        2,
      ),
    });
    const [answer] = await messagesOf(response);
    expect(JSON.parse(textOf(answer)).meta).toEqual({ 'x/unknown': [1, { a: 'ü' }] });
  });

  test('two sessions with the same ids and progress tokens are never mixed up', async () => {
    const [a, b] = [await TestClient.open(host), await TestClient.open(host)];
    expect(await a.tool('pid')).toBe(await b.tool('pid'));
    const run = async (client: TestClient, text: string) =>
      messagesOf(await client.postTool(1, 'progress', { steps: 3, text }, { progressToken: 'same' }));
    const [fromA, fromB] = await Promise.all([run(a, 'A'), run(b, 'B')]);
    for (const [messages, text] of [
      [fromA, 'A'],
      [fromB, 'B'],
    ] as const) {
      const progress = messages.filter((message) => message.method === 'notifications/progress');
      expect(progress.map((message) => message.params)).toEqual(
        [1, 2, 3].map((step) => ({ progressToken: 'same', progress: step, message: text })),
      );
      expect(textOf(messages.at(-1))).toBe(`finished ${text}`);
    }
  });

  test('progress of parallel calls stays on its own stream, also after an abandoned call', async () => {
    const client = await TestClient.open(host);
    const abort = new AbortController();
    const abandoned = await client.postTool(
      1,
      'progress',
      { steps: 200, text: 'gone' },
      { progressToken: 1 },
      { signal: abort.signal },
    );
    await readEvents(abandoned).next();
    abort.abort();
    const both = await Promise.all(
      ['A', 'B'].map(async (text, index) =>
        messagesOf(await client.postTool(index + 2, 'progress', { steps: 5, text }, { progressToken: index })),
      ),
    );
    both.forEach((messages, index) => {
      expect(messages.filter((message) => message.params?.['progressToken'] === index)).toHaveLength(5);
      expect(messages).toHaveLength(6);
    });
  });

  test('a log message arrives on the stream of the call under way, before its answer', async () => {
    const client = await TestClient.open(host);
    const messages = await messagesOf(await client.postTool(1, 'log', { text: 'working' }));
    expect(messages.map((message) => message.method ?? 'answer')).toEqual(['notifications/message', 'answer']);
  });

  test('a cancelled call is cancelled at the child under the id that the child knows', async () => {
    const client = await TestClient.open(host);
    const hanging = client.postTool('my-call', 'hang');
    const childId = await eventually('the call to reach the child', async () => {
      const status = host.status().children.find((child) => child.inFlight > 0);
      return status ? true : null;
    });
    expect(childId).toBe(true);
    await client.post({ method: 'notifications/cancelled', params: { requestId: 'my-call', reason: 'test' } });
    const cancelled = await eventually('the cancellation', async () => {
      const ids: unknown[] = JSON.parse(await client.tool('cancelled'));
      return ids.length > 0 ? ids : null;
    });
    expect(cancelled.every((id) => typeof id === 'number')).toBe(true);
    const [answer] = await messagesOf(await hanging);
    expect(answer?.id).toBe('my-call');
    expect(answer?.error?.['message']).toContain('cancelled');
  });

  test('unknown methods pass to the child and its error comes back', async () => {
    const client = await TestClient.open(host);
    const [answer] = await messagesOf(await client.post({ id: 1, method: 'x/unknown', params: { a: 1 } }));
    expect(answer?.error).toEqual({ code: -32601, message: 'Method not found: x/unknown' });
  });

  test('a batch of 2025-03-26 is answered message by message on one stream', async () => {
    const client = await TestClient.open(host, { protocolVersion: '2025-03-26' });
    const response = await host.request('/mcp', {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        'mcp-session-id': client.session,
      },
      body: JSON.stringify(['a', 'b'].map((id) => ({ jsonrpc: '2.0', id, method: 'ping' }))),
    });
    const messages = await messagesOf(response);
    expect(messages.map((message) => message.id).sort()).toEqual(['a', 'b']);
  });
});

describe('what servers put on their pipes', () => {
  test('results of 8 MB pass', async () => {
    const client = await TestClient.open(host);
    expect((await client.tool('big', { bytes: 8 * 1024 * 1024 })).length).toBe(8 * 1024 * 1024);
  });

  test('lines of 32 MB pass', async () => {
    const client = await TestClient.open(host);
    expect((await client.tool('big', { bytes: 32 * 1024 * 1024 })).length).toBe(32 * 1024 * 1024);
  });

  test('requests of nearly 4 MB pass, larger ones get a clean 413', async () => {
    const client = await TestClient.open(host);
    const bytes = 4 * 1024 * 1024 - 1024;
    expect(await client.tool('length', { text: 'y'.repeat(bytes) })).toBe(String(bytes));
    const refused = await client.postTool(1, 'length', { text: 'y'.repeat(5 * 1024 * 1024) });
    expect(refused.status).toBe(413);
    expect(await refused.json()).toMatchObject({ jsonrpc: '2.0', id: 1, error: { code: -32000 } });
    expect(await client.tool('echo', { text: 'still here' })).toBe('still here');
  });

  test('UTF-8 that is split over writes arrives whole', async () => {
    const client = await TestClient.open(host);
    expect(await client.tool('utf8')).toBe('héllo 🐈 wörld');
  });

  test('noise on stdout goes to the log and disturbs nothing', async () => {
    const client = await TestClient.open(host);
    expect(await client.tool('noise')).toBe('quiet again');
    expect(await host.logs()).toEqual(expect.arrayContaining(['listening on nothing', '{ not: json }']));
  });
});
