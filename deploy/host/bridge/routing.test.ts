import { beforeEach, expect, test } from 'vitest';
import { responseOf } from '../../response.testing.ts';
import { PLATFORM_PRINCIPAL } from '../contract.ts';
import { envelopeOf, peerOf, replyOf, sessionOf } from './parts.testing.ts';
import { createRouter, type Router } from './routing.ts';
import { type Session, type SessionPeer, subscriptionKey } from './session.ts';

let logged: string[];
let changed: SessionPeer[];
let route: Router;

beforeEach(() => {
  [logged, changed] = [[], []];
  route = createRouter({ log: (text) => logged.push(text), onToolsChanged: (peer) => changed.push(peer) });
});

/** A session of the child whose client holds the stream of GET. */
function listening(peer: SessionPeer, principal = 'a') {
  const session = sessionOf({ principal, dialect: 'plain' });
  const client = responseOf();
  session.standalone.connect(client.response, { now: 0, primed: false });
  peer.sessions.add(session);
  if (principal !== PLATFORM_PRINCIPAL) peer.principals.add(principal);
  /** The text that the client received after the comment that opens the stream. */
  const received = () => [...client.body().matchAll(/^data: (.*)$/gm)].map(([, data]) => JSON.parse(data ?? ''));
  return { session, received };
}

const call = (peer: SessionPeer, session: Session, params: object = {}) => {
  const reply = replyOf();
  const id = peer.call(session, reply, envelopeOf({ id: 'c', method: 'tools/call', params }));
  return { id, reply };
};
const parsed = (texts: string[]) => texts.map((text) => JSON.parse(text));
const ROOTS = envelopeOf({ id: 'q', method: 'roots/list' });
const PING = envelopeOf({ id: 'p', method: 'ping' });

test('puts a question to the only client of a child', () => {
  const { peer, sent } = peerOf();
  const { received } = listening(peer);
  route(peer, ROOTS);
  expect([received(), sent]).toEqual([[{ jsonrpc: '2.0', id: 1, method: 'roots/list' }], []]);
});

test('puts a question to the client whose call is newest, or else to the one that listened last', () => {
  const { peer } = peerOf();
  const clients = [listening(peer), listening(peer), listening(peer)];
  const asked = () => clients.map(({ session }) => session.asked.size);
  route(peer, ROOTS);
  expect(asked()).toEqual([0, 0, 1]);
  for (const index of [0, 1]) call(peer, clients[index]?.session ?? sessionOf());
  route(peer, ROOTS);
  expect(asked()).toEqual([0, 1, 1]);
});

test('a call whose client left, and one of the platform, get no question', () => {
  const { peer } = peerOf();
  const platform = listening(peer, PLATFORM_PRINCIPAL);
  const clients = [listening(peer), listening(peer)];
  const left = call(peer, clients[0]?.session ?? sessionOf());
  left.reply.live = false;
  call(peer, platform.session);
  route(peer, ROOTS);
  expect([platform, ...clients].map(({ session }) => session.asked.size)).toEqual([0, 0, 1]);
});

test('refuses a question of a child that several callers use, or that no client uses', () => {
  const shared = peerOf();
  for (const principal of ['a', 'b']) listening(shared.peer, principal);
  route(shared.peer, ROOTS);
  const [refusal] = parsed(shared.sent);
  expect(refusal).toMatchObject({ id: 'q', error: { code: -32000 } });
  expect(refusal.error.message).toContain('Several callers share this server');
  const unused = peerOf();
  listening(unused.peer, PLATFORM_PRINCIPAL);
  route(unused.peer, ROOTS);
  expect(parsed(unused.sent)[0].error.message).toContain('No client is connected');
});

test('answers a ping itself where no client listens or several share the child, and passes it on otherwise', () => {
  const pong = { jsonrpc: '2.0', id: 'p', result: {} };
  const alone = peerOf();
  alone.peer.sessions.add(sessionOf());
  route(alone.peer, PING);
  expect(parsed(alone.sent)).toEqual([pong]);
  const one = peerOf();
  const { received } = listening(one.peer);
  route(one.peer, PING);
  expect([one.sent, received().length]).toEqual([[], 1]);
  listening(one.peer);
  route(one.peer, PING);
  expect(parsed(one.sent)).toEqual([pong]);
});

test('a ping reaches a client that has a call under way and no stream', () => {
  const { peer, sent } = peerOf();
  const session = sessionOf();
  peer.sessions.add(session);
  session.replies.add(
    Object.assign(replyOf(), {
      startedAt: 0,
      listens: false,
      connected: true,
      stream: null,
      openStream: () => null,
      onSessionEnd: () => {},
    }),
  );
  route(peer, PING);
  expect([sent, session.asked.size]).toEqual([[], 1]);
});

test('progress goes to its call under the token of the client', () => {
  const { peer } = peerOf();
  const { id, reply } = call(peer, sessionOf(), { _meta: { progressToken: 'mine' } });
  const other = call(peer, sessionOf());
  route(peer, envelopeOf({ method: 'notifications/progress', params: { progressToken: id, progress: 1 } }));
  route(peer, envelopeOf({ method: 'notifications/progress', params: { progressToken: other.id } }));
  route(peer, envelopeOf({ method: 'notifications/progress', params: {} }));
  expect(parsed(reply.sent).map(({ params }) => params)).toEqual([{ progressToken: 'mine', progress: 1 }]);
  expect(other.reply.sent).toEqual([]);
});

test('progress of a task goes on after its call was answered', () => {
  const { peer } = peerOf();
  const { session, received } = listening(peer);
  const { id } = call(peer, session, { _meta: { progressToken: 'mine' } });
  peer.receive(`{"jsonrpc":"2.0","id":${id},"result":{"task":{"taskId":"t","status":"working"}}}`);
  const progress = envelopeOf({ method: 'notifications/progress', params: { progressToken: id } });
  route(peer, progress);
  expect(received().map(({ params }) => params)).toEqual([{ progressToken: 'mine' }]);
  route(peer, envelopeOf({ method: 'notifications/tasks/status', params: { taskId: 't', status: 'completed' } }));
  route(peer, progress);
  expect(received().map(({ method }) => method)).toEqual(['notifications/progress', 'notifications/tasks/status']);
});

test('the child takes back a question, and the client receives that under the id that it knows', () => {
  const { peer } = peerOf();
  const { received } = listening(peer);
  route(peer, ROOTS);
  route(peer, envelopeOf({ method: 'notifications/cancelled', params: { reason: 'late' } }));
  route(peer, envelopeOf({ method: 'notifications/cancelled', params: { requestId: 'q' } }));
  expect(received().slice(1)).toMatchObject([{ params: { requestId: 1 } }]);
});

test('an update of a resource goes to its subscribers, and to the only client of a child in any case', () => {
  const { peer } = peerOf();
  const [one, other] = [listening(peer), listening(peer)];
  one.session.remembered.set(subscriptionKey('"file:///a"'), '{}');
  const update = (params: object) => route(peer, envelopeOf({ method: 'notifications/resources/updated', params }));
  update({ uri: 'file:///a' });
  expect([one.received().length, other.received().length]).toEqual([1, 0]);
  update({});
  expect([one.received().length, other.received().length]).toEqual([2, 1]);
  peer.sessions.delete(one.session);
  update({ uri: 'file:///a' });
  expect(other.received()).toHaveLength(2);
});

test.each(['tools', 'prompts', 'resources'])('a change of the %s is announced to all clients', (kind) => {
  const { peer } = peerOf();
  const clients = [listening(peer), listening(peer)];
  const { reply } = call(peer, clients[0]?.session ?? sessionOf());
  route(peer, envelopeOf({ method: `notifications/${kind}/list_changed` }));
  expect(clients.map(({ received }) => received().length)).toEqual([1, 1]);
  expect(reply.sent).toEqual([]);
  expect(changed).toEqual(kind === 'tools' ? [peer] : []);
});

test.each(['notifications/message', 'notifications/tasks/status'])(
  '%s goes to clients with a call, or to all',
  (method) => {
    const { peer } = peerOf();
    const clients = [listening(peer), listening(peer)];
    const counts = () => clients.map(({ received }) => received().length);
    route(peer, envelopeOf({ method }));
    expect(counts()).toEqual([1, 1]);
    const { reply } = call(peer, clients[1]?.session ?? sessionOf());
    route(peer, envelopeOf({ method }));
    expect(counts()).toEqual([1, 2]);
    reply.live = false;
    route(peer, envelopeOf({ method }));
    expect(counts()).toEqual([2, 3]);
  },
);

test('keeps the first messages of a child without a client, and logs those that it drops', () => {
  const { peer } = peerOf();
  for (let index = 0; index < 33; index += 1) route(peer, envelopeOf({ method: 'notifications/message' }));
  expect(peer.early).toHaveLength(32);
  expect(logged).toEqual(['The server sent notifications/message while no session was open.']);
});

test('in the modern era, a request of the child is refused', () => {
  const { peer, sent } = peerOf({ era: 'modern' });
  listening(peer);
  route(peer, ROOTS);
  expect(parsed(sent)).toMatchObject([{ id: 'q', error: { code: -32601 } }]);
});

test('in the modern era, messages go to their subscription, or to the newest call that wants logs', () => {
  const { peer } = peerOf({ era: 'modern' });
  const log = { _meta: { 'io.modelcontextprotocol/logLevel': 'info' } };
  const first = call(peer, sessionOf(), log);
  const second = call(peer, sessionOf(), log);
  const silent = call(peer, sessionOf());
  route(peer, envelopeOf({ method: 'notifications/message', params: {} }));
  const counts = () => [first, second, silent].map(({ reply }) => reply.sent.length);
  expect(counts()).toEqual([0, 1, 0]);
  second.reply.live = false;
  route(peer, envelopeOf({ method: 'notifications/message', params: {} }));
  expect(counts()).toEqual([1, 1, 0]);
  const _meta = { 'io.modelcontextprotocol/subscriptionId': silent.id };
  route(peer, envelopeOf({ method: 'notifications/tools/list_changed', params: { _meta } }));
  expect(parsed(silent.reply.sent)).toMatchObject([
    { params: { _meta: { 'io.modelcontextprotocol/subscriptionId': 'c' } } },
  ]);
  expect(counts()).toEqual([1, 1, 1]);
});

test('in the modern era, progress goes to its call', () => {
  const { peer } = peerOf({ era: 'modern' });
  const { id, reply } = call(peer, sessionOf(), { _meta: { progressToken: 5 } });
  route(peer, envelopeOf({ method: 'notifications/progress', params: { progressToken: id } }));
  expect(parsed(reply.sent)).toMatchObject([{ params: { progressToken: 5 } }]);
});
