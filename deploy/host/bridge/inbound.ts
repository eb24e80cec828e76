import { randomUUID } from 'node:crypto';
import { type HostIsolation, type KeptSession, PLATFORM_PRINCIPAL } from '../contract.ts';
import { workspaceOwnerOf } from '../workspaces/owner.ts';
import type { CallReply } from './call.ts';
import type { ChildPool } from './child-pool.ts';
import type { StreamDialect } from './event-stream.ts';
import { CapacityError, OVERLOADED } from './failed-call.ts';
import { announceInitialized } from './initialized.ts';
import { type Envelope, findMember, replaceSpan, resultMessage, scan, slice } from './json-rpc.ts';
import { createInterpreters } from './legacy-clients/interpreter.ts';
import { Session, type SessionPeer, subscriptionKey } from './session.ts';
import { modernShareKeyOf, shareKeyOf, termsOf } from './share-key.ts';
import { fromWire } from './wire-values.ts';

const REPLAY_TIMEOUT_MS = 30_000;
/** The version that a client is assumed to speak if it does not name one. */
const UNNAMED_VERSION = '2025-03-26';

/** Receives what clients of the session-based protocols send, over any transport. */
export type Inbound = {
  /** Opens a session: a child answers `initialize`, or has answered the same before. `result` is that answer. */
  open(
    principal: string,
    initialize: Envelope,
    options: { requestId: string | null; dialect?: 'resumable' | 'named' },
  ): Promise<{ session: Session; result: string }>;
  /** Makes a session that an earlier host had. It gets a child with its first request, or when its client listens. */
  carry(kept: KeptSession): Session | null;
  /** Gives a carried session its child, so that a client that only listens is notified of changes. */
  revive(session: Session): void;
  /** Passes requests to the session's child; rejects when there is none to be had. */
  requests(session: Session, reply: CallReply, requests: Envelope[]): Promise<void> | null;
  notification(session: Session, envelope: Envelope): void;
  /** The client answers what the server asked it. */
  answer(session: Session, envelope: Envelope): void;
};

export const createInbound = (deps: {
  pool: Pick<ChildPool, 'acquire'>;
  isolation: HostIsolation;
  /** First part of every session id: tells the endpoint which machine a session lives on. */
  machineId: string;
  clock: () => number;
  log: (text: string) => void;
  /** A result of a child as clients see it. */
  shown: (method: string, result: string) => string;
  /** Called for each request that is translated for the child. */
  onTranslated: () => void;
}): Inbound => {
  const { pool, clock } = deps;
  const interpret = createInterpreters(deps);

  const onInitialized = (session: Session, peer: SessionPeer) => {
    if (session.principal !== PLATFORM_PRINCIPAL) for (const message of peer.early.splice(0)) session.announce(message);
    announceInitialized(peer);
  };

  /** Sends the remembered requests to a new child, which knows nothing of those that an older child received. */
  const remind = (session: Session, peer: SessionPeer) => {
    if (session.toldPeer === peer) return;
    if (peer.era === 'modern') {
      session.toldPeer = peer;
      session.interpreter?.onChild(peer);
      return;
    }
    const isNew = session.toldPeer !== null || session.isCarried;
    session.toldPeer = peer;
    session.isCarried = false;
    if (!isNew) return;
    for (const message of session.remembered.values())
      peer
        .ask(message, AbortSignal.timeout(REPLAY_TIMEOUT_MS))
        .catch((error: unknown) => deps.log(`A restarted server did not take back what it knew: ${String(error)}`));
  };

  const forward = (session: Session, peer: SessionPeer, reply: CallReply, envelope: Envelope) => {
    if (peer.era === 'modern') return session.interpreter?.request(peer, reply, envelope);
    switch (envelope.method) {
      case 'logging/setLevel':
        session.remembered.set('logging/setLevel', envelope.text);
        break;
      case 'resources/subscribe':
      case 'resources/unsubscribe': {
        const at = findMember(envelope.text, envelope.params, 'uri');
        const uri = at ? slice(envelope.text, at) : '';
        if (envelope.method === 'resources/subscribe') session.remembered.set(subscriptionKey(uri), envelope.text);
        else {
          session.remembered.delete(subscriptionKey(uri));
          // Others that share the child may still want to hear of it.
          for (const other of peer.sessions)
            if (other !== session && other.subscribes(uri))
              return reply.answer(resultMessage(envelope.id ?? 'null', '{}'), clock());
        }
        break;
      }
    }
    peer.call(session, reply, envelope);
  };

  const newSession = (id: string, principal: string, initialize: Envelope, dialect: StreamDialect): Session => {
    const read: unknown = initialize.params ? fromWire(slice(initialize.text, initialize.params)) : {};
    const params: Record<string, unknown> = typeof read === 'object' && read !== null ? { ...read } : {};
    const asked = typeof params['protocolVersion'] === 'string' ? params['protocolVersion'] : UNNAMED_VERSION;
    const client = { principal, protocolVersion: asked, capabilities: params['capabilities'] };
    const session = new Session({
      id,
      principal,
      initialize: initialize.text,
      protocolVersion: asked,
      shareKey: shareKeyOf(deps.isolation, client),
      modernShareKey: modernShareKeyOf(deps.isolation, principal),
      terms: termsOf(client),
      workspaceOwner: workspaceOwnerOf(deps.isolation, { principal, sessionId: id }),
      clock,
      dialect,
    });
    session.interpreter = interpret(session, params);
    return session;
  };

  return {
    async open(principal, initialize, { requestId, dialect = 'resumable' }) {
      const session = newSession(`${deps.machineId}.${randomUUID()}`, principal, initialize, dialect);
      const peer = await pool.acquire(session, requestId);
      if (peer.era === 'modern') remind(session, peer);
      session.toldPeer = peer;
      const result =
        peer.era === 'modern' && session.interpreter
          ? session.interpreter.initializeResult(peer)
          : (peer.initializeResult ?? '{}');
      const versionAt = findMember(result, { start: 0, end: result.length }, 'protocolVersion');
      if (versionAt) session.protocolVersion = slice(result, versionAt).slice(1, -1);
      return { session, result: principal === PLATFORM_PRINCIPAL ? result : deps.shown('initialize', result) };
    },

    carry(kept) {
      const initialize = scan(kept.initialize);
      if (initialize?.method !== 'initialize') return null;
      const dialect = kept.connection === undefined ? 'resumable' : 'named';
      const session = newSession(kept.id, kept.principal, initialize, dialect);
      session.protocolVersion = kept.protocolVersion;
      for (const [key, message] of kept.remembered) session.remembered.set(key, message);
      session.isCarried = true;
      return session;
    },

    revive(session) {
      if (!session.isCarried || session.peer) return;
      pool.acquire(session, null).then(
        (peer) => {
          onInitialized(session, peer);
          remind(session, peer);
        },
        (error: unknown) => deps.log(`The server did not come back for a client that listens: ${String(error)}`),
      );
    },

    requests(session, reply, requests) {
      const { peer } = session;
      if (peer?.overloaded) return Promise.reject(new CapacityError(OVERLOADED));
      if (peer && !peer.ended && peer.initializedSent) {
        for (const envelope of requests) forward(session, peer, reply, envelope);
        return null;
      }
      return pool.acquire(session, reply.requestId).then((started) => {
        onInitialized(session, started);
        remind(session, started);
        for (const envelope of requests) forward(session, started, reply, envelope);
      });
    },

    notification(session, envelope) {
      if (envelope.method === 'notifications/cancelled') {
        const id = findMember(envelope.text, envelope.params, 'requestId');
        if (id) for (const reply of session.replies) reply.onCancelled?.(slice(envelope.text, id), envelope);
      }
      const { peer } = session;
      if (!peer || peer.ended) return;
      if (peer.era === 'modern') return session.interpreter?.notification(peer, envelope);
      if (envelope.method === 'notifications/initialized') return onInitialized(session, peer);
      if (envelope.method !== 'notifications/cancelled') return peer.send(envelope.text);
      const at = findMember(envelope.text, envelope.params, 'requestId');
      const found = at ? peer.findClientCall(session, slice(envelope.text, at)) : null;
      if (!at || !found) return;
      found.call.cancelledAt = clock();
      peer.send(replaceSpan(envelope.text, at, String(found.id)));
    },

    answer(session, envelope) {
      const id = envelope.id ?? '';
      const asked = session.asked.get(id);
      if (!asked) return;
      session.asked.delete(id);
      session.waitedMs += clock() - asked.at;
      asked.onAnswer(envelope);
    },
  };
};
