import { connect } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { eventually, isAlive, messagesOf, readEvents, type TestHost, textOf } from '../test-rig.ts';
import {
  answerOf,
  type Caller,
  DIRECTIONS,
  type Direction,
  LINE_BYTES_MAX,
  UNREAD_BYTES_MAX,
} from './abuse.testing.ts';

const gone = () => null;

describe.each(Object.entries(DIRECTIONS))('%s', (_name, direction: Direction) => {
  let host: TestHost;
  let caller: Caller;
  let other: Caller;
  let otherPid: string;

  const echo = async (client: Caller) => textOf(await answerOf(client.send('echo', { text: 'well' })));

  const begin = async () => {
    host = await direction.start();
    [caller, other] = await Promise.all([direction.open(host, 'ann'), direction.open(host, 'bob')]);
    expect(await echo(caller)).toBe('well');
    otherPid = textOf(await answerOf(other.send('pid')));
  };

  /** Whatever happened: both go on, the other with the process that it had, and nothing is left open. */
  const isUnharmed = async () => {
    await eventually('the caller to be served again', async () => (await echo(caller).catch(gone)) === 'well');
    expect(textOf(await answerOf(other.send('pid')))).toBe(otherPid);
    await eventually('nothing to be under way', () => {
      const { children, openStreams, phase } = host.status();
      return phase === 'READY' && openStreams === 0 && children.every(({ inFlight }) => inFlight === 0);
    });
    expect(host.status().translatedCalls).toBeGreaterThan(2);
  };

  /** One host for all tests of a group, or one for each: five crashes within ten minutes are a crash loop. */
  const useHost = (how: 'one for all' | 'one for each') => {
    const [before, after] = how === 'one for all' ? [beforeAll, afterAll] : [beforeEach, afterEach];
    before(begin);
    after(() => host.close({ drainMs: 0 }));
    afterEach(isUnharmed); // hooks run in the reverse order
  };

  const underWay = (count: number) =>
    eventually('the calls to be under way', () => host.status().children.some(({ inFlight }) => inFlight === count));

  describe('a server that ends', () => {
    useHost('one for each');

    test('in a call', async () => {
      expect(await answerOf(caller.send('crash', {}, { id: 'mine' }))).toMatchObject({
        id: 'mine',
        error: { code: -32000, data: { code: 'CRASHED', exitCode: 3 } },
      });
    });

    test('while twenty calls are under way', async () => {
      const calls = Array.from({ length: 20 }, () => answerOf(caller.send('hang')));
      await underWay(20);
      void caller.send('crash').then(messagesOf);
      for (const { error } of await Promise.all(calls)) expect(error?.['data']).toMatchObject({ code: 'CRASHED' });
    });

    test('while its client streams', async () => {
      const call = caller.send('hang', {}, { token: 'p' }).then(messagesOf);
      await underWay(1);
      void caller.send('crash').then(messagesOf);
      expect((await call).at(-1)?.error).toBeDefined();
    });

    test('four times, one after the other', async () => {
      for (let times = 0; times < 4; times += 1) {
        expect((await answerOf(caller.send('crash'))).error).toBeDefined();
        await eventually('the next process', async () => (await echo(caller).catch(gone)) === 'well');
      }
    });

    test.each(['detached', 'orphaned'])('and leaves a process behind (%s)', async (kind) => {
      const daemon = Number(textOf(await answerOf(caller.send('daemon', { kind }))));
      expect(isAlive(daemon)).toBe(true);
      await messagesOf(await caller.send('crash'));
      await eventually('the process to end', () => !isAlive(daemon));
    });

    test('while a client listens', async () => {
      const stop = new AbortController();
      const stream = await caller.listen(stop.signal);
      await messagesOf(await caller.send('crash'));
      stop.abort();
      await stream.text().catch(gone);
    });
  });

  describe('a server that prints', () => {
    useHost('one for all');

    test.each(['big', 'bigIdLast'])('an answer above the limit (%s)', async (tool) => {
      const answer = await answerOf(caller.send(tool, { bytes: 4 * LINE_BYTES_MAX }, { id: 'mine' }));
      expect(answer).toMatchObject({ id: 'mine', error: { message: expect.stringContaining('too large') } });
    });

    const done =
      '{"jsonrpc":"2.0","id":$id,"result":{"resultType":"complete","content":[{"type":"text","text":"done"}]}}\n';
    test.each([
      ['text', 'Listening on port 3000\n'],
      ['broken JSON', '{ "jsonrpc": "2.0", \n'],
      ['a log line with the id of the call and an error', '{"id":$id,"level":"error","error":{"message":"x"}}\n'],
      ['a byte order mark', '\uFEFF'],
      ['an answer to a call that was never made', '{"jsonrpc":"2.0","id":987654,"result":{}}\n'],
      ['an answer to nobody', '{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"x"}}\n'],
      ['an empty batch', '[]\n'],
      ['neither a result nor an error', '{"jsonrpc":"2.0","id":$id}\n'],
      [
        'progress of an unknown call',
        '{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":77,"progress":1}}\n',
      ],
      [
        'a cancellation of an unknown request',
        '{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":77}}\n',
      ],
      [
        'notifications without params',
        '{"jsonrpc":"2.0","method":"notifications/message"}\n{"jsonrpc":"2.0","method":"notifications/resources/updated"}\n',
      ],
      ['a request of an unknown method', '{"jsonrpc":"2.0","id":"q1","method":"no/such"}\n'],
      ['a request with params that are text', '{"jsonrpc":"2.0","id":"q2","method":"roots/list","params":"x"}\n'],
      ['deeply nested brackets', `${'['.repeat(5_000)}\n`],
      [
        'lone surrogates',
        '{"jsonrpc":"2.0","method":"notifications/message","params":{"level":"info","data":"\\ud800"}}\n',
      ],
    ])('%s before its answer', async (_what, text) => {
      const answer = await answerOf(caller.send('print', { text: text + done, silent: true }, { id: 'mine' }));
      expect(answer.id).toBe('mine');
      expect(textOf(answer)).toBe('done');
    });

    test('its answer twice', async () => {
      const answers = await messagesOf(await caller.send('print', { text: done + done, silent: true }));
      expect(answers.filter(({ result }) => result !== undefined)).toHaveLength(1);
    });

    test('ten thousand messages that its client does not read', async () => {
      const stop = new AbortController();
      const options = { token: 'p', signal: stop.signal };
      const response = await caller.send('flood', { count: 10_000, bytes: 1_000 }, options);
      await readEvents(response).next();
      stop.abort();
    });
  });

  describe('a server that does not read', () => {
    useHost('one for each');

    test('gets no more calls than the cap', async () => {
      const stop = new AbortController();
      const { signal } = stop;
      const calls = [caller.send('deaf', {}, { signal }).catch(gone)];
      await underWay(1);
      const text = 'x'.repeat(UNREAD_BYTES_MAX / 2);
      for (let count = 0; count < 4; count += 1) calls.push(caller.send('echo', { text }, { signal }).catch(gone));
      const refused = await eventually('a refusal', async () => {
        const response = await caller.send('echo', { text: '' }, { signal: AbortSignal.timeout(1_000) }).catch(gone);
        return response?.status === 503 ? response : null;
      });
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
      stop.abort();
      await Promise.all(calls);
      // Nothing but its end brings such a server back.
      const stuck = host.status().children.find(({ pid }) => String(pid) !== otherPid);
      if (stuck) process.kill(stuck.pid, 'SIGKILL');
    });
  });

  describe('a client that', () => {
    useHost('one for all');

    test('leaves a hundred calls at once', async () => {
      const stop = new AbortController();
      const calls = Array.from({ length: 100 }, () => caller.send('hang', {}, { signal: stop.signal }).catch(gone));
      await underWay(100);
      stop.abort();
      await Promise.all(calls);
      await caller.post({ method: 'notifications/cancelled', params: { requestId: 1 } });
      // A legacy client resumes: its calls go on until it cancels them, or its server ends.
      if (host.status().sessions > 0) await messagesOf(await caller.send('crash'));
    });

    test('leaves before its answer begins', async () => {
      const stop = new AbortController();
      const call = caller.send('echo', { text: 'x' }, { signal: stop.signal }).catch(gone);
      stop.abort();
      await call;
    });

    test('opens and drops fifty streams', async () => {
      for (let count = 0; count < 50; count += 1) {
        const stop = new AbortController();
        await caller.listen(stop.signal);
        stop.abort();
      }
    });

    test('breaks off in the middle of its request', async () => {
      const socket = connect(host.port, '127.0.0.1');
      const closed = new Promise((resolve) => socket.once('close', resolve));
      socket.on('error', () => {});
      const head =
        'POST /mcp HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\ncontent-length: 9999\r\n';
      socket.write(`${head}accept: application/json, text/event-stream\r\n\r\n{"jsonrpc":"2.0","id":1,`, () =>
        socket.destroy(),
      );
      await closed;
    });

    test.each([
      ['broken JSON', '{"jsonrpc":"2.0","id":1', 400],
      ['no message', '"hello"', 400],
      ['more than 4 MB', `{"jsonrpc":"2.0","id":1,"method":"${'x'.repeat(4 * 1024 * 1024)}"}`, 413],
    ])('sends %s', async (_what, body, status) => {
      const headers = {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        'mcp-protocol-version': '2026-07-28',
        'mcp-method': 'tools/call',
      };
      const response = await host.request('/mcp', { method: 'POST', headers, body });
      expect(response.status).toBe(status);
      expect((await messagesOf(response))[0]?.error).toBeDefined();
    });

    test('uses one id for many calls at once', async () => {
      const calls = Array.from({ length: 20 }, (_, at) => caller.send('echo', { text: String(at) }, { id: 'same' }));
      const texts = (await Promise.all(calls.map(answerOf))).map(textOf);
      expect(texts).toEqual(Array.from({ length: 20 }, (_, at) => String(at)));
    });

    test.each([
      ['cancels a call that it never made', { method: 'notifications/cancelled', params: { requestId: 'never' } }],
      ['cancels without saying what', { method: 'notifications/cancelled' }],
      ['responds to a question that nobody asked', { id: 4711, result: { action: 'accept' } }],
      ['sends an unknown notification', { method: 'notifications/no/such', params: { deep: [[[]]] } }],
    ])('%s', async (_what, message) => {
      const response = await caller.post(message);
      await response.text();
      expect(response.status).toBeLessThan(500);
    });

    test.each([
      ['a number', 7],
      ['text that is no state', 'AAAA'],
      ['a long text', 'A'.repeat(100_000)],
    ])('returns with %s as its state', async (_what, requestState) => {
      const params = { name: 'echo', arguments: { text: 'x' }, requestState, inputResponses: { x: 1 } };
      const response = await caller.request('tools/call', params);
      await response.text();
      expect(response.status).toBeLessThan(500);
    });

    test('is asked, and leaves until its server has ended', async () => {
      const stop = new AbortController();
      const response = await caller.send('ask', direction.question, { signal: stop.signal });
      const isParked = response.headers.get('content-type') === 'application/json';
      const [asked] = isParked ? await messagesOf(response) : [];
      stop.abort();
      await messagesOf(await caller.send('crash'));
      if (!asked) return;
      const { requestState } = asked.result ?? {};
      const params = { name: 'ask', arguments: direction.question, requestState, inputResponses: {} };
      expect((await answerOf(caller.request('tools/call', params))).error?.['data']).toMatchObject({ code: 'CRASHED' });
    });
  });
});
