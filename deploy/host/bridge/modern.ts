import type { IncomingMessage, ServerResponse } from 'node:http';
import { type HostIsolation, PLATFORM_PRINCIPAL } from '../contract.ts';
import { workspaceOwnerOf } from '../workspaces/owner.ts';
import { sendAccepted, sendError } from './answers.ts';
import type { ChildPool } from './child-pool.ts';
import { CapacityError, OVERLOADED, sendFailure } from './failed-call.ts';
import { type Envelope, findMember, replaceSpan, slice } from './json-rpc.ts';
import { checkModernRequest, checkToolHeaders } from './modern-claim.ts';
import type { TranslatedEra } from './modern-clients/translated-era.ts';
import type { Offers } from './offers.ts';
import { LISTEN } from './peer.ts';
import { Reply } from './reply.ts';
import { requestIdOf } from './request-id.ts';
import { Session, type SessionPeer } from './session.ts';
import { SHARED_OWNER } from './share-key.ts';
import { type ToolHeadersOf, whenKnown } from './tool-headers.ts';
import { MODERN_VERSION } from './versions.ts';

export type ModernEra = {
  handle(
    request: IncomingMessage,
    response: ServerResponse,
    principal: string,
    envelope: Envelope,
    body: Record<string, unknown>,
  ): void;
  /** One for each principal: the stateless protocol has no sessions, but a child is never shared between principals. */
  readonly contexts: ReadonlyMap<string, Session>;
  /** Forgets those who have not called since; their child stays, as every shared one. */
  forgetIdle(before: number): void;
};

/**
 * Requests of the stateless protocol. They pass as they are to a child that speaks it, and are translated for one that
 * does not, except those of the platform, whose handshake finds out what the server itself speaks.
 */
export const createModernEra = (deps: {
  pool: ChildPool;
  isolation: HostIsolation;
  clock: () => number;
  translated: TranslatedEra;
  toolHeaders: ToolHeadersOf;
  offers: Pick<Offers, 'watch'>;
}): ModernEra => {
  const contexts = new Map<string, Session>();
  /** Those whose child is being started: a slow start is not idleness. */
  const starting = new Set<Session>();

  const contextOf = (principal: string): Session => {
    // The platform stays itself, so that its looking in is not taken for a client's call.
    const owner = deps.isolation === 'SHARED' && principal !== PLATFORM_PRINCIPAL ? SHARED_OWNER : principal;
    let context = contexts.get(owner);
    if (!context) {
      context = new Session({
        id: '',
        principal: owner,
        initialize: '',
        protocolVersion: MODERN_VERSION,
        shareKey: `modern\0${owner}`,
        modernShareKey: `modern\0${owner}`,
        workspaceOwner: workspaceOwnerOf(deps.isolation, { principal, sessionId: null }),
        clock: deps.clock,
        dialect: 'plain',
      });
      contexts.set(owner, context);
    }
    context.lastUsed = deps.clock();
    return context;
  };

  /** Makes a dual-era client fall back: like a legacy server, it answers with an error outside the modern codes. */
  const refuseLegacy = (response: ServerResponse, id: string | null) =>
    sendError(response, 400, 'This server speaks MCP 2025-11-25 and older: send an initialize request first.', { id });

  const onNotification = (context: Session, envelope: Envelope) => {
    const { peer } = context;
    if (!peer || peer.ended) return;
    if (envelope.method !== 'notifications/cancelled') return peer.send(envelope.text);
    const at = findMember(envelope.text, envelope.params, 'requestId');
    const found = at ? peer.findClientCall(context, slice(envelope.text, at)) : null;
    if (at && found) peer.send(replaceSpan(envelope.text, at, String(found.id)));
  };

  return {
    contexts,
    forgetIdle(before) {
      for (const [owner, context] of contexts) {
        if (context.busy || starting.has(context) || context.lastUsed > before) continue;
        contexts.delete(owner);
        deps.pool.release(context);
      }
    },
    handle(request, response, principal, envelope, body) {
      const overLegacy = () =>
        principal === PLATFORM_PRINCIPAL
          ? refuseLegacy(response, envelope.id)
          : deps.translated.handle({ request, response, principal, envelope, body });
      if (deps.pool.knownLegacy) return overLegacy();
      const context = contextOf(principal);
      if (envelope.id === null) {
        onNotification(context, envelope);
        return sendAccepted(response);
      }
      const acquired =
        context.peer && !context.peer.ended ? null : deps.pool.acquireModern(context, requestIdOf(request));
      const forward = () => {
        const { peer } = context;
        if (!peer || response.destroyed) return;
        const problem = checkModernRequest(request.headers, body, peer.supportedVersions);
        if (problem)
          return sendError(response, 400, problem.message, { id: envelope.id, code: problem.code, data: problem.data });
        if (peer.overloaded) return sendFailure(response, envelope.id, new CapacityError(OVERLOADED));
        if (envelope.method !== 'tools/call') return send(peer);
        whenKnown(deps.toolHeaders.of(peer), (tools) => {
          const mismatch = checkToolHeaders(request.headers, body, tools);
          if (mismatch) sendError(response, 400, mismatch.message, { id: envelope.id, code: mismatch.code });
          else send(peer);
        });
      };
      const send = (peer: SessionPeer) => {
        if (response.destroyed) return;
        const reply = new Reply({
          response,
          session: context,
          outstanding: 1,
          now: deps.clock(),
          primed: false,
          listens: envelope.method === LISTEN,
        });
        context.replies.add(reply);
        deps.offers.watch(MODERN_VERSION, envelope, reply);
        const id = peer.call(context, reply, envelope);
        reply.onGone = () => {
          // Closing the stream cancels, in this era.
          peer.cancelCalls((_, callId) => callId === id, 'The client closed the connection.');
        };
      };
      if (acquired === null) return forward();
      starting.add(context);
      acquired
        .finally(() => starting.delete(context))
        .then(
          (peer) => (peer === null ? overLegacy() : forward()),
          (error: unknown) => sendFailure(response, envelope.id, error),
        );
    },
  };
};
