import { expect, test } from 'vitest';
import { peerOf, replyOf, sessionOf } from '../parts.testing.ts';
import { createListeners, readFilter } from './listeners.ts';

const CAPABILITIES = { tools: { listChanged: true }, prompts: {}, resources: { subscribe: true } };
const ID = 'io.modelcontextprotocol/subscriptionId';

const open = () => {
  const child = peerOf();
  const session = sessionOf();
  child.peer.sessions.add(session);
  const listeners = createListeners(session);
  const listen = (notifications: Record<string, unknown>, clientId = '"c"') => {
    const reply = replyOf();
    const filter = readFilter({ notifications });
    if (filter === null) throw new Error('Not a filter.');
    const stream = { reply, clientId, filter, capabilities: CAPABILITIES };
    return {
      reply,
      end: listeners.open(child.peer, stream),
      messages: () => reply.sent.map((text) => JSON.parse(text)),
    };
  };
  const sent = () => child.sent.map((text) => JSON.parse(text));
  const answer = (id: number, member = '"result":{}') => child.peer.receive(`{"jsonrpc":"2.0","id":${id},${member}}`);
  return { child, session, listeners, listen, sent, answer };
};
const ERROR = '"error":{"code":-32602,"message":"no"}';

test('a stream is acknowledged with what the child supports', async () => {
  const { listen } = open();
  const { end, messages } = listen({ toolsListChanged: true, promptsListChanged: true, resourcesListChanged: true });
  await end;
  expect(messages()).toEqual([
    {
      jsonrpc: '2.0',
      method: 'notifications/subscriptions/acknowledged',
      params: { _meta: { [ID]: 'c' }, notifications: { toolsListChanged: true } },
    },
  ]);
});

test('the child is subscribed once, and unsubscribed when the last listener has left', async () => {
  const { listen, sent, answer } = open();
  const [one, two] = [listen({ resourceSubscriptions: ['a'] }), listen({ resourceSubscriptions: ['a', 'a'] })];
  expect(sent()).toMatchObject([{ method: 'resources/subscribe', params: { uri: 'a' } }]);
  answer(1);
  (await one.end)();
  expect(sent()).toHaveLength(1);
  const endTwo = await two.end;
  endTwo();
  endTwo();
  expect(sent().slice(1)).toMatchObject([{ method: 'resources/unsubscribe', params: { uri: 'a' } }]);
});

test('listeners that come while the child is asked are refused with the first, and the next one is asked for again', async () => {
  const { listen, session, sent, answer } = open();
  const [one, two] = [listen({ resourceSubscriptions: ['a'] }), listen({ resourceSubscriptions: ['a'] })];
  answer(1, ERROR);
  for (const { end, messages } of [one, two]) {
    await end;
    expect(messages()[0].params.notifications).toEqual({});
  }
  expect(session.subscribes('"a"')).toBe(false);
  const three = listen({ resourceSubscriptions: ['a'] });
  answer(2);
  await three.end;
  expect([three.messages()[0].params.notifications, sent().length]).toEqual([{ resourceSubscriptions: ['a'] }, 2]);
});

test('a resource to which another session is subscribed is not subscribed again, nor taken from that session', async () => {
  const { child, listen } = open();
  const other = sessionOf();
  other.remembered.set('resources/subscribe "a"', '');
  child.peer.sessions.add(other);
  (await listen({ resourceSubscriptions: ['a'] }).end)();
  expect(child.sent).toEqual([]);
});

test('a change reaches the streams that listen for it, under the id of each', async () => {
  const { listeners, listen, answer } = open();
  const lists = listen({ toolsListChanged: true }, '1');
  const resource = listen({ resourceSubscriptions: ['a'] }, '2');
  answer(1);
  await Promise.all([lists.end, resource.end]);
  listeners.deliver('{"jsonrpc":"2.0","method":"notifications/tools/list_changed"}', 0);
  listeners.deliver(
    '{"jsonrpc":"2.0","method":"notifications/resources/updated","params":{"uri":"a","_meta":{"x":1}}}',
    0,
  );
  listeners.deliver('{"jsonrpc":"2.0","method":"notifications/resources/updated","params":{"uri":"b"}}', 0);
  expect(lists.messages().slice(1)).toEqual([
    { jsonrpc: '2.0', method: 'notifications/tools/list_changed', params: { _meta: { [ID]: 1 } } },
  ]);
  expect(resource.messages().slice(1)).toEqual([
    { jsonrpc: '2.0', method: 'notifications/resources/updated', params: { uri: 'a', _meta: { [ID]: 2, x: 1 } } },
  ]);
});

test('all streams end with a result when the child ends, and nothing is asked of the child for them later', async () => {
  const { child, listeners, listen, session, answer } = open();
  const agreed = listen({ resourceSubscriptions: ['a'] });
  answer(1);
  const close = await agreed.end;
  const late = listen({ resourceSubscriptions: ['b'] });
  listeners.endAll(0);
  expect(JSON.parse(agreed.reply.answers[0] ?? '')).toMatchObject({ id: 'c', result: { _meta: { [ID]: 'c' } } });
  expect([listeners.size, session.subscribedUris]).toEqual([0, []]);
  close();
  child.peer.ended = true;
  answer(2, ERROR);
  await late.end;
  expect([late.reply.answers.length, late.reply.sent]).toEqual([1, []]);
  expect(child.sent).toHaveLength(2);
});

test.each([[undefined], [{}], [{ notifications: 1 }], [{ notifications: { resourceSubscriptions: [1] } }]])(
  'the params %j hold no filter',
  (params) => {
    expect(readFilter(params)).toBeNull();
  },
);

test('a filter names at most a thousand resources', () => {
  const uris = (count: number) => ({
    notifications: { resourceSubscriptions: Array.from({ length: count }, (_, at) => String(at)) },
  });
  expect(readFilter(uris(1_000))?.uris).toHaveLength(1_000);
  expect(readFilter(uris(1_001))).toBeNull();
});
