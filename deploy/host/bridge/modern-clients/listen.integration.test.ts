import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createModernClient } from '../../modern-client.testing.ts';
import {
  eventually,
  type Json,
  type Message,
  messagesOf,
  readEvents,
  startTestHost,
  type TestHost,
} from '../../test-rig.ts';
import { PREFIX, read } from './modern-answers.testing.ts';

let host: TestHost;
beforeAll(async () => {
  host = await startTestHost();
});
afterAll(() => host.close({ drainMs: 0 }));

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
