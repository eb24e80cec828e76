import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { scan } from '../json-rpc.ts';
import { peerOf, sessionOf } from '../parts.testing.ts';
import { type Interpreter, type Session, subscriptionKey } from '../session.ts';
import { createChildListening, refusalOf } from './child-listening.ts';

const ID = 'io.modelcontextprotocol/subscriptionId';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const interpreter: Interpreter = {
  initializeResult: () => '{}',
  onChild: () => {},
  request: () => {},
  notification: () => {},
  onSessionEnd: () => {},
};

/** A session at the child, with what it announced to its client. */
const join = (child: ReturnType<typeof peerOf>, ...uris: string[]) => {
  const session: Session = sessionOf();
  session.interpreter = interpreter;
  for (const uri of uris) session.remembered.set(subscriptionKey(`"${uri}"`), '');
  const announced: unknown[] = [];
  session.announce = (text) => void announced.push(JSON.parse(text));
  child.peer.sessions.add(session);
  return { session, announced };
};

const open = (capabilities: Record<string, unknown> = { tools: { listChanged: true } }) => {
  const child = peerOf({
    era: 'modern',
    events: {
      // The router does the same with messages of a subscription.
      onMessage: (peer, envelope) => {
        const id = /subscriptionId":(\d+)/.exec(envelope.text)?.[1] ?? '';
        peer.findCall(id)?.reply?.send(envelope.text, 0);
      },
      onNoise: () => {},
      onAnswered: () => {},
    },
  });
  const listening = createChildListening(child.peer, { meta: '"m":1', capabilities, log: () => {} });
  const notify = (id: number, method: string, params: object = {}) =>
    child.peer.receive(JSON.stringify({ jsonrpc: '2.0', method, params: { ...params, _meta: { [ID]: id } } }));
  const acknowledge = (id: number, ...uris: string[]) =>
    notify(id, 'notifications/subscriptions/acknowledged', { notifications: { resourceSubscriptions: uris } });
  const sent = () => child.sent.map((text) => JSON.parse(text));
  return { child, listening, notify, acknowledge, sent };
};

const settled = () => vi.advanceTimersByTimeAsync(0);

test('one subscription asks for the lists that change and for what all sessions are subscribed to', async () => {
  const { child, listening, acknowledge, sent } = open({
    tools: { listChanged: true },
    prompts: { listChanged: false },
    resources: { listChanged: true, subscribe: true },
  });
  join(child, 'b', 'a');
  join(child, 'b');
  const agreed = listening.update();
  await settled();
  expect(sent()).toMatchObject([
    {
      method: 'subscriptions/listen',
      params: {
        _meta: { m: 1 },
        notifications: { toolsListChanged: true, resourcesListChanged: true, resourceSubscriptions: ['a', 'b'] },
      },
    },
  ]);
  expect(sent()[0].params.notifications).not.toHaveProperty('promptsListChanged');
  acknowledge(1, 'a');
  expect(await agreed).toEqual({ uris: new Set(['a']) });
});

test('a change of a list reaches every session, that of a resource those that are subscribed, without its id', async () => {
  const { child, listening, notify, acknowledge } = open();
  const [one, other] = [join(child, 'a'), join(child)];
  const stranger = join(child, 'a');
  stranger.session.interpreter = null;
  void listening.update();
  await settled();
  notify(1, 'notifications/tools/list_changed');
  acknowledge(1, 'a');
  expect(one.announced).toEqual([]);
  notify(1, 'notifications/tools/list_changed');
  notify(1, 'notifications/resources/updated', { uri: 'a' });
  notify(1, 'notifications/resources/updated', { uri: 'b' });
  const list = { jsonrpc: '2.0', method: 'notifications/tools/list_changed', params: {} };
  const update = { jsonrpc: '2.0', method: 'notifications/resources/updated', params: { uri: 'a' } };
  expect([one.announced, other.announced, stranger.announced]).toEqual([[list, update], [list], []]);
});

test('the next subscription takes over once it is acknowledged, and only then the last one ends', async () => {
  const { child, listening, notify, acknowledge, sent } = open();
  const one = join(child);
  void listening.update();
  await settled();
  acknowledge(1);
  one.session.remembered.set(subscriptionKey('"a"'), '');
  void listening.update();
  await settled();
  notify(1, 'notifications/tools/list_changed');
  expect([one.announced.length, sent().length]).toEqual([1, 2]);
  acknowledge(2, 'a');
  expect(sent()[2]).toMatchObject({ method: 'notifications/cancelled', params: { requestId: 1 } });
  notify(2, 'notifications/tools/list_changed');
  notify(1, 'notifications/tools/list_changed');
  expect(one.announced).toHaveLength(2);
});

test('nothing is asked twice, and nothing without sessions or wishes', async () => {
  const { child, listening, acknowledge, sent } = open();
  expect(await listening.update()).toEqual({ uris: new Set() });
  const one = join(child);
  void listening.update();
  await settled();
  acknowledge(1);
  await listening.update();
  expect(sent()).toHaveLength(1);
  child.peer.sessions.delete(one.session);
  await listening.update();
  expect(sent()[1]).toMatchObject({ method: 'notifications/cancelled', params: { requestId: 1 } });
  const without = open({});
  join(without.child);
  expect(await without.listening.update()).toEqual({ uris: new Set() });
  expect(without.sent()).toEqual([]);
});

test('a child that does not acknowledge within ten seconds has refused', async () => {
  const { child, listening, sent } = open();
  join(child);
  const agreed = listening.update();
  await vi.advanceTimersByTimeAsync(9_999);
  expect(sent()).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(refusalOf(await agreed)).toMatchObject({ code: -32603 });
  expect(sent()[1]).toMatchObject({ method: 'notifications/cancelled', params: { requestId: 1 } });
});

test('a refusal is passed on in its own words, and the next wish is asked again', async () => {
  const { child, listening, sent } = open();
  join(child);
  const agreed = listening.update();
  await settled();
  child.peer.receive('{"jsonrpc":"2.0","id":1,"error":{"code":-32601,"message":"not here"}}');
  expect(refusalOf(await agreed)).toEqual({ code: -32603, message: 'not here' });
  void listening.update();
  await settled();
  expect(sent()).toHaveLength(2);
  expect(refusalOf({ uris: new Set() })).toBeNull();
  expect(refusalOf({ refusal: scan('{"id":1,"result":{}}') })?.message).toContain('did not acknowledge');
});

test('a subscription that the child ends is opened again by the next wish', async () => {
  const { child, listening, acknowledge, sent } = open();
  join(child);
  void listening.update();
  await settled();
  acknowledge(1);
  child.peer.receive('{"jsonrpc":"2.0","id":1,"result":{}}');
  void listening.update();
  await settled();
  expect(sent()).toHaveLength(2);
});

test('a child that is gone is not asked', async () => {
  const { child, listening, sent } = open();
  join(child);
  child.peer.ended = true;
  expect(await listening.update()).toEqual({ refusal: null });
  expect(sent()).toEqual([]);
});
