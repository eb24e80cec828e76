import { expect, test } from 'vitest';
import { responseOf } from '../../response.testing.ts';
import { PLATFORM_PRINCIPAL } from '../contract.ts';
import { keepEarly } from './early-messages.ts';
import { createInbound } from './inbound.ts';
import { envelopeOf, peerOf, replyOf, sessionOf } from './parts.testing.ts';
import { type SessionPeer, subscriptionKey } from './session.ts';

/** The traffic of clients whose sessions all get the given child. */
function open(peer: SessionPeer) {
  const logged: string[] = [];
  const inbound = createInbound({
    pool: {
      acquire: async (session) => {
        session.peer = peer;
        peer.sessions.add(session);
        return peer;
      },
    },
    isolation: 'AUTO',
    machineId: 'm1',
    clock: () => 9,
    log: (text) => logged.push(text),
    shown: (_method, result) => result,
    onTranslated: () => {},
  });
  return { inbound, logged };
}
const connected = (peer: SessionPeer, principal = 'a') => {
  const session = sessionOf({ principal, dialect: 'plain' });
  session.peer = peer;
  peer.sessions.add(session);
  const client = responseOf();
  session.standalone.connect(client.response, { now: 0, primed: false });
  return { session, received: () => [...client.body().matchAll(/^data: (.*)$/gm)].map(([, data]) => data) };
};
const parsed = (texts: string[]) => texts.map((text) => JSON.parse(text));
const INITIALIZED = envelopeOf({ method: 'notifications/initialized' });
const subscription = (method: string, uri: string) =>
  envelopeOf({ id: 1, method: `resources/${method}`, params: { uri } });

test('a session is named after its machine, and has the version that the server answered with', async () => {
  const { peer } = peerOf();
  peer.initializeResult = '{"protocolVersion":"2025-06-18"}';
  const { inbound } = open(peer);
  const initialize = envelopeOf({ id: 1, method: 'initialize', params: { protocolVersion: '2025-11-25' } });
  const { session, result } = await inbound.open('a', initialize, { requestId: null });
  expect(session.id).toMatch(/^m1\.[0-9a-f-]{36}$/);
  expect([session.protocolVersion, session.dialect, result]).toEqual([
    '2025-06-18',
    'resumable',
    peer.initializeResult,
  ]);
});

test('a client that names no version is taken for one of 2025-03-26', async () => {
  const { inbound } = open(peerOf().peer);
  const opened = (params: object) =>
    inbound.open('a', envelopeOf({ id: 1, method: 'initialize', ...params }), { requestId: null });
  expect((await opened({})).session.protocolVersion).toBe('2025-03-26');
  expect((await opened({ params: { protocolVersion: 7 } })).session.protocolVersion).toBe('2025-03-26');
});

test('the first client receives what the server sent before, and the platform leaves it there', () => {
  const { peer, sent } = peerOf();
  const { inbound } = open(peer);
  keepEarly(peer.early, '{"early":1}');
  const platform = connected(peer, PLATFORM_PRINCIPAL);
  inbound.notification(platform.session, INITIALIZED);
  expect([platform.received(), peer.early.length]).toEqual([[], 1]);
  const client = connected(peer);
  inbound.notification(client.session, INITIALIZED);
  expect([client.received(), peer.early.length]).toEqual([['{"early":1}'], 0]);
  expect(parsed(sent).map(({ method }) => method)).toEqual(['notifications/initialized']);
});

test('requests go to the child at once, or after its start', async () => {
  const { peer, sent } = peerOf();
  const { inbound } = open(peer);
  const { session } = connected(peer);
  const request = envelopeOf({ id: 'x', method: 'tools/list' });
  await inbound.requests(session, replyOf(), [request]);
  expect(parsed(sent).map(({ method }) => method)).toEqual(['notifications/initialized', 'tools/list']);
  expect(inbound.requests(session, replyOf(), [request])).toBeNull();
  expect(sent).toHaveLength(3);
});

test('remembers the level of logs and subscriptions, and ends a subscription with the last of its sessions', () => {
  const { peer, sent } = peerOf();
  peer.initializedSent = true;
  const { inbound } = open(peer);
  const [one, other] = [connected(peer).session, connected(peer).session];
  const methods = () => parsed(sent).map(({ method }) => method);
  inbound.requests(one, replyOf(), [envelopeOf({ id: 1, method: 'logging/setLevel', params: { level: 'info' } })]);
  for (const session of [one, other]) inbound.requests(session, replyOf(), [subscription('subscribe', 'file:///a')]);
  expect([...one.remembered.keys()]).toEqual(['logging/setLevel', subscriptionKey('"file:///a"')]);
  const reply = replyOf();
  inbound.requests(one, reply, [subscription('unsubscribe', 'file:///a')]);
  expect(parsed(reply.answers)).toEqual([{ jsonrpc: '2.0', id: 1, result: {} }]);
  expect(methods()).not.toContain('resources/unsubscribe');
  inbound.requests(other, replyOf(), [subscription('unsubscribe', 'file:///a')]);
  expect(methods()).toContain('resources/unsubscribe');
});

test('a new child receives what an older one knew', async () => {
  const first = peerOf().peer;
  const { session } = connected(first);
  session.toldPeer = first;
  session.remembered.set('logging/setLevel', JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'logging/setLevel' }));
  session.peer = null;
  const second = peerOf();
  await open(second.peer).inbound.requests(session, replyOf(), [envelopeOf({ id: 2, method: 'tools/list' })]);
  const methods = parsed(second.sent).map(({ method }) => method);
  expect(methods).toEqual(['notifications/initialized', 'logging/setLevel', 'tools/list']);
  expect(session.toldPeer).toBe(second.peer);
});

test('a cancellation reaches the child under its own number, and only for a call under way', () => {
  const { peer, sent } = peerOf();
  const { inbound } = open(peer);
  const { session } = connected(peer);
  const cancel = (requestId: unknown) =>
    inbound.notification(session, envelopeOf({ method: 'notifications/cancelled', params: { requestId } }));
  peer.call(session, replyOf(), envelopeOf({ id: 'x', method: 'tools/call' }));
  sent.length = 0;
  cancel('y');
  expect(sent).toEqual([]);
  cancel('x');
  expect(parsed(sent)).toMatchObject([{ params: { requestId: 1 } }]);
  expect([...peer.pending.values()].map(({ cancelledAt }) => cancelledAt)).toEqual([9]);
});

test('other notifications pass as they are, and none to a child that has ended', () => {
  const { peer, sent } = peerOf();
  const { inbound } = open(peer);
  const { session } = connected(peer);
  const message = envelopeOf({ method: 'notifications/roots/list_changed' });
  inbound.notification(session, message);
  expect(sent).toEqual([message.text]);
  peer.ended = true;
  inbound.notification(session, message);
  session.peer = null;
  inbound.notification(session, message);
  expect(sent).toHaveLength(1);
});

test('the answer of a client is used once', () => {
  const { peer } = peerOf();
  const { inbound } = open(peer);
  const { session } = connected(peer);
  const answers: unknown[] = [];
  const id = session.expectAnswer({ peer, id: 'q', onAnswer: (answer) => answers.push(answer.id) });
  for (const answer of [Number(id), Number(id), 99]) inbound.answer(session, envelopeOf({ id: answer, result: {} }));
  expect(answers).toEqual(['1']);
});
