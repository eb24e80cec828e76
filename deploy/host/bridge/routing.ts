import { PLATFORM_PRINCIPAL } from '../contract.ts';
import type { Call } from './call.ts';
import { keepEarly } from './early-messages.ts';
import { type Envelope, errorMessage, findMember, RPC, replaceSpan, resultMessage, slice } from './json-rpc.ts';
import { subscriptionIdAt } from './modern-answers.ts';
import type { Session, SessionPeer } from './session.ts';

/** Decides where a child's own messages go. */
export type Router = (peer: SessionPeer, envelope: Envelope) => void;

/**
 * The session that a child's own request is for: the child does not say which call it belongs to. Null if there is none,
 * and for a child that several principals use, whose clients must never see each other's questions. The platform is
 * never asked.
 */
const sessionToAsk = (peer: SessionPeer): Session | null => {
  if (peer.principals.size > 1) return null;
  const sessions = [...peer.sessions].filter(({ principal }) => principal !== PLATFORM_PRINCIPAL);
  if (sessions.length <= 1) return sessions[0] ?? null;
  let newest: Session | null = null;
  for (const call of peer.pending.values())
    if (call.session && call.session.principal !== PLATFORM_PRINCIPAL && call.reply?.live) newest = call.session;
  return newest ?? sessions.findLast((session) => session.standalone.connected) ?? null;
};

const sessionsInFlight = (peer: SessionPeer): Set<Session> => {
  const found = new Set<Session>();
  for (const call of peer.pending.values()) if (call.session && call.reply?.live) found.add(call.session);
  return found;
};

export const createRouter = (deps: {
  log: (text: string) => void;
  onToolsChanged: (peer: SessionPeer) => void;
  /** A child announces that one of its lists changed. */
  onListChanged?: () => void;
}): Router => {
  const onRequest = (peer: SessionPeer, envelope: Envelope) => {
    const { id } = envelope;
    if (id === null) return;
    const session = sessionToAsk(peer);
    const listening = session !== null && (session.newestReply !== null || session.standalone.connected);
    if (envelope.method === 'ping' && (!listening || peer.sessions.size > 1)) {
      peer.send(resultMessage(id, '{}'));
      return;
    }
    if (session === null) {
      const isShared = peer.principals.size > 1;
      const reason = isShared ? 'Several callers share this server' : 'No client is connected that could answer this';
      peer.send(errorMessage(id, RPC.SERVER, `${reason}, so the request reaches no client.`));
      return;
    }
    session.ask(peer, envelope);
  };

  const onProgress = (peer: SessionPeer, envelope: Envelope) => {
    const at = findMember(envelope.text, envelope.params, 'progressToken');
    if (at === null) return;
    const call = peer.findCall(slice(envelope.text, at));
    if (call?.reply && call.token !== null)
      return call.reply.send(replaceSpan(envelope.text, at, call.token), peer.now);
    // Progress after the answer, or of a call that was given up, has no taker any more, except that of a task.
    const task = peer.findTask(slice(envelope.text, at));
    task?.session.announce(replaceSpan(envelope.text, at, task.token));
  };

  const onCancelled = (peer: SessionPeer, envelope: Envelope) => {
    const at = findMember(envelope.text, envelope.params, 'requestId');
    if (at === null) return;
    for (const session of peer.sessions) session.withdraw(peer, slice(envelope.text, at), { text: envelope.text, at });
  };

  const onResourceUpdated = (peer: SessionPeer, envelope: Envelope) => {
    const at = findMember(envelope.text, envelope.params, 'uri');
    const uri = at === null ? null : slice(envelope.text, at);
    for (const session of peer.sessions)
      if (peer.sessions.size === 1 || uri === null || session.subscribes(uri)) session.announce(envelope.text);
  };

  /** Log messages and whatever else says not which call it belongs to. */
  const toInterested = (peer: SessionPeer, envelope: Envelope) => {
    const inFlight = sessionsInFlight(peer);
    for (const session of inFlight.size > 0 ? inFlight : peer.sessions) session.deliver(envelope.text);
  };

  /** In the stateless era everything belongs to a call: a subscription, or the call that asked for log messages. */
  const onModern = (peer: SessionPeer, envelope: Envelope) => {
    if (envelope.method === 'notifications/progress') return onProgress(peer, envelope);
    const at = subscriptionIdAt(envelope, envelope.params);
    if (at) {
      const call = peer.findCall(slice(envelope.text, at));
      call?.reply?.send(replaceSpan(envelope.text, at, call.clientId), peer.now);
      return;
    }
    let newest: Call<Session> | null = null;
    for (const call of peer.pending.values()) if (call.wantsLogs && call.reply?.live) newest = call;
    newest?.reply?.send(envelope.text, peer.now);
  };

  return (peer, envelope) => {
    if (envelope.method === 'notifications/tools/list_changed') deps.onToolsChanged(peer);
    if (envelope.method?.endsWith('/list_changed')) deps.onListChanged?.();
    if (peer.era === 'modern') {
      if (envelope.id === null) onModern(peer, envelope);
      else
        peer.send(
          errorMessage(envelope.id, RPC.METHOD_NOT_FOUND, 'Servers send no requests in this protocol version.'),
        );
      return;
    }
    if (envelope.id !== null) {
      onRequest(peer, envelope);
      return;
    }
    switch (envelope.method) {
      case 'notifications/progress':
        return onProgress(peer, envelope);
      case 'notifications/cancelled':
        return onCancelled(peer, envelope);
      case 'notifications/resources/updated':
        return onResourceUpdated(peer, envelope);
      case 'notifications/tools/list_changed':
      case 'notifications/prompts/list_changed':
      case 'notifications/resources/list_changed':
        for (const session of peer.sessions) session.announce(envelope.text);
        return;
      case 'notifications/tasks/status':
        peer.tasks.onNotification(envelope, peer.now);
        return toInterested(peer, envelope);
      default:
        if (peer.sessions.size > 0) return toInterested(peer, envelope);
        if (!keepEarly(peer.early, envelope.text))
          deps.log(`The server sent ${envelope.method} while no session was open.`);
        return;
    }
  };
};
