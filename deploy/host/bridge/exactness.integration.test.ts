import { afterEach, describe, expect, test } from 'vitest';
import { PLATFORM_PRINCIPAL } from '../contract.ts';
import { messagesOf, readEvents, startTestHost, TestClient, type TestHost } from '../test-rig.ts';

let host: TestHost;
afterEach(() => host.close({ drainMs: 0 }));

const open = async () => {
  host = await startTestHost();
  return TestClient.open(host);
};

describe('lines on stdout', () => {
  /** The text is printed during a call; `$id` is the id under which the server knows the call. */
  const printed = async (text: string) => {
    const client = await open();
    const messages = await messagesOf(await client.postTool(7, 'print', { text: `${text}\n` }));
    return { messages, logs: await host.logs() };
  };
  const ANSWER = { jsonrpc: '2.0', id: 7, result: { content: [{ type: 'text', text: 'printed' }] } };

  test.each([
    ['a log line with a method', '{"level":30,"method":"GET","msg":"done"}'],
    ['a log line with an id and a method', '{"id":"req-1","method":"GET"}'],
    ['a log line with the id of the call and an error', '{"id":$id,"error":"upstream said 500"}'],
    ['a message of JSON-RPC 1.0', '{"jsonrpc":"1.0","id":$id,"result":{}}'],
    ['an error that is a text', '{"jsonrpc":"2.0","id":$id,"error":"no"}'],
    ['an answer without an id', '{"jsonrpc":"2.0","id":null,"result":{}}'],
    ['an answer with two results', '{"jsonrpc":"2.0","id":$id,"result":{},"error":{"code":1,"message":"no"}}'],
    ['a request that is an answer too', '{"jsonrpc":"2.0","id":$id,"method":"ping","result":{}}'],
    ['a batch that holds a log line', '[{"jsonrpc":"2.0","id":$id,"result":{}},{"level":30}]'],
    ['an answer to a request that was never sent', '{"jsonrpc":"2.0","id":"other","result":{}}'],
  ])('%s is output: it reaches the log, and neither a client nor a call', async (_, text) => {
    const { messages, logs } = await printed(text);
    expect(messages).toEqual([ANSWER]);
    const start = text.split('$id', 1)[0] ?? '';
    expect(logs.some((line) => line.startsWith(start))).toBe(true);
  });

  const answered = async (text: string) => {
    const client = await open();
    return messagesOf(await client.postTool(7, 'print', { text: `${text}\n`, silent: true }));
  };

  test.each([
    ['an id that is its number as a string', '{"jsonrpc":"2.0","id":"$id","result":{"ok":true}}'],
    ['a byte order mark', '\u{feff}{"jsonrpc":"2.0","id":$id,"result":{"ok":true}}'],
    ['an error that is null', '{"jsonrpc":"2.0","id":$id,"result":{"ok":true},"error":null}'],
  ])('an answer with %s ends its call', async (_, text) => {
    expect(await answered(text)).toEqual([{ jsonrpc: '2.0', id: 7, result: { ok: true } }]);
  });

  test('an answer with a result that is null and an error is the error', async () => {
    const text = '{"jsonrpc":"2.0","id":$id,"result":null,"error":{"code":-32602,"message":"no"}}';
    expect(await answered(text)).toEqual([{ jsonrpc: '2.0', id: 7, error: { code: -32602, message: 'no' } }]);
  });
});

describe('requests', () => {
  test.each([null, true, 1.5, { a: 1 }, [1]])('an id of %j is refused with -32600', async (id) => {
    const client = await open();
    const response = await client.post({ id, method: 'tools/list' });
    expect(response.status).toBe(400);
    expect((await messagesOf(response))[0]).toMatchObject({ id: null, error: { code: -32600 } });
  });

  test.each([0, -1, 'a', '', 12345678901])('an id of %j is answered as it came', async (id) => {
    const client = await open();
    expect((await messagesOf(await client.post({ id, method: 'ping' })))[0]?.id).toBe(id);
  });

  test.each(['text/event-stream', '*/*', 'application/json', ''])(
    'a GET without a session is answered 405 with Allow (Accept: %s)',
    async (accept) => {
      await open();
      const response = await host.request('/mcp', { headers: accept === '' ? {} : { accept } });
      expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST']);
    },
  );
});

describe('what a server sends before a client has a session', () => {
  const FIRST = { method: 'notifications/message', params: { level: 'warning', data: 'the index is old' } };
  const firstOf = async (client: TestClient) => {
    for await (const { data } of readEvents(await client.get())) if (data !== '') return JSON.parse(data);
  };
  const start = async () => {
    host = await startTestHost({ env: { FIXTURE_FIRST: JSON.stringify({ jsonrpc: '2.0', ...FIRST }) } });
  };

  test('a log message together with the first answer reaches the session', async () => {
    await start();
    expect(await firstOf(await TestClient.open(host))).toMatchObject(FIRST);
  });

  test('the platform, which only looks in, does not take it from the first client', async () => {
    await start();
    await TestClient.open(host, { principal: PLATFORM_PRINCIPAL });
    expect(await firstOf(await TestClient.open(host))).toMatchObject(FIRST);
  });
});
