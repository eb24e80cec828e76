import { afterEach, describe, expect, test } from 'vitest';
import { eventually, messagesOf, readEvents, startTestHost, TestClient, type TestHost } from '../test-rig.ts';
import { memoryByGroup } from './child-room.ts';

const MEGABYTE = 1024 * 1024;

let host: TestHost;
afterEach(() => host.close({ drainMs: 0 }));

describe('memory', () => {
  /** Every process group that there is, each as large as this. */
  const eachTakes = (bytes: number) => () => new Map([...(memoryByGroup() ?? [])].map(([group]) => [group, bytes]));

  test('when one more child would not fit, the longest idle one goes; its session goes on with a new one', async () => {
    // Two of 3 GB and the host fit into 8 GB, a third does not.
    host = await startTestHost({ memoryMb: 8_192 }, { measureMemory: eachTakes(3_072 * MEGABYTE) });
    const open = (principal: string) => TestClient.open(host, { principal });
    const a = await open('a');
    await a.post({ id: 1, method: 'logging/setLevel', params: { level: 'debug' } });
    const firstPid = await a.tool('pid');
    const b = await open('b');
    const otherPid = await b.tool('pid');
    const c = await open('c');
    await c.tool('pid');
    const pids = () => host.status().children.map(({ pid }) => String(pid));
    expect(pids()).toHaveLength(2);
    expect(pids()).not.toContain(firstPid);

    const secondPid = await a.tool('pid');
    expect(secondPid).not.toBe(firstPid);
    expect(pids()).toHaveLength(2);
    expect(pids()).not.toContain(otherPid);
    expect(JSON.parse(await a.tool('client'))).toMatchObject({ protocolVersion: '2025-11-25' });
    expect(JSON.parse(await a.tool('requests')).slice(0, 2)).toEqual(['initialize', 'logging/setLevel']);
    expect(host.status()).toMatchObject({ sessions: 3, restarts: 0, lastError: null });
  });

  test('a busy child is never stopped for another: the newcomer gets a 503', async () => {
    host = await startTestHost({ memoryMb: 4_096 }, { measureMemory: eachTakes(3_072 * MEGABYTE) });
    const busy = await TestClient.open(host, { principal: 'a' });
    const pid = await busy.tool('pid');
    const abort = new AbortController();
    const hanging = busy.postTool(1, 'hang', {}, undefined, { signal: abort.signal }).catch(() => null);
    await eventually('the call to be under way', () => host.status().children[0]?.inFlight === 1);
    await expect(TestClient.open(host, { principal: 'b' })).rejects.toThrow(/503.*no memory/s);
    expect(await busy.tool('pid')).toBe(pid);
    abort.abort();
    await hanging;
  });
});

describe('bytes', () => {
  test('a server that does not read gets no more calls than the cap; others go on', async () => {
    host = await startTestHost({ isolation: 'PER_SESSION' }, { limits: { childUnreadBytesMax: 2 * MEGABYTE } });
    const [deaf, other] = [await TestClient.open(host), await TestClient.open(host)];
    const abort = new AbortController();
    const waiting: Promise<unknown>[] = [];
    const call = (name: string, text = '') =>
      waiting.push(
        deaf.postTool(waiting.length, name, { text }, undefined, { signal: abort.signal }).catch(() => null),
      );
    call('deaf');
    await eventually('the first call', () => host.status().children.some((child) => child.inFlight === 1));
    for (let i = 0; i < 4; i += 1) call('echo', 'x'.repeat(MEGABYTE));
    const refused = await eventually('the refusal', async () => {
      const stop = AbortSignal.timeout(1_000);
      const response = await deaf.post({ id: 99, method: 'ping' }, { signal: stop }).catch(() => null);
      return response?.status === 503 ? response : null;
    });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await messagesOf(refused))[0]).toMatchObject({
      id: 99,
      error: { message: expect.stringContaining('does not read') },
    });
    expect(await other.tool('echo', { text: 'unharmed' })).toBe('unharmed');
    expect(host.status().restarts).toBe(0);
    abort.abort();
    await Promise.all(waiting);
  });

  test('what is kept for resuming is bounded in all: idle sessions lose theirs first', async () => {
    host = await startTestHost({}, { limits: { bufferedBytesMax: 100_000, keepAliveMs: 1 } });
    const [idle, active] = [await TestClient.open(host), await TestClient.open(host)];
    const run = async (client: TestClient, bytes: number) => {
      const args = { steps: 3, text: 'x'.repeat(bytes) };
      const events = [];
      for await (const event of readEvents(await client.postTool(1, 'progress', args, { progressToken: 1 })))
        events.push(event);
      return events[0]?.id ?? '';
    };
    const replay = async (client: TestClient, id: string) =>
      (await messagesOf(await client.get({ 'last-event-id': id }))).length;
    const first = await run(idle, 10_000);
    expect(await replay(idle, first)).toBe(4);
    const second = await run(active, 20_000);
    // The clock that bounds what is kept also keeps quiet streams alive; asking for a replay would count as use.
    const stream = await active.get();
    for await (const text of stream.body?.pipeThrough(new TextDecoderStream()) ?? [])
      if (text.includes('keep-alive')) break;
    expect(await replay(idle, first)).toBe(0);
    expect(await replay(active, second)).toBe(4);
    expect(await idle.tool('echo', { text: 'goes on' })).toBe('goes on');
  });

  test('clients that do not read are cut off, and can come back', async () => {
    host = await startTestHost({}, { limits: { clientUnreadBytesMax: MEGABYTE } });
    const [slow, other] = [await TestClient.open(host), await TestClient.open(host)];
    const stream = await slow.get();
    // 24 MB for both: more than the kernel keeps for a client that does not read, less than each stream's own bound.
    const note = { method: 'notifications/tools/list_changed', params: { text: 'x'.repeat(3 * MEGABYTE) } };
    for (let i = 0; i < 8; i += 1) await other.tool('notify', note);
    await eventually('the slow one to be cut off', () => host.status().openStreams === 0);
    await expect(stream.text()).rejects.toThrow();
    expect(await slow.tool('echo', { text: 'back' })).toBe('back');
    expect(await other.tool('echo', { text: 'unharmed' })).toBe('unharmed');
  });
});
