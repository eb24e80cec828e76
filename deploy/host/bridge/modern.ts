import type { ServerResponse } from 'node:http';
import type { CallWatch } from '../calls/call-watch.ts';
import { type HostIsolation, PLATFORM_PRINCIPAL } from '../contract.ts';
import { workspaceOwnerOf } from '../workspaces/owner.ts';
import { sendAccepted, sendError } from './answers.ts';
import { LISTEN } from './call.ts';
import type { ChildPool } from './child-pool.ts';
import { CapacityError, OVERLOADED, sendFailure } from './failed-call.ts';
import { type Envelope, findMember, replaceSpan, slice } from './json-rpc.ts';
import { checkModernRequest, checkToolHeaders } from './modern-claim.ts';
import type { ModernRequest, TranslatedEra } from './modern-clients/translated-era.ts';
import type { Offers } from './offers.ts';
import { Reply } from './reply.ts';
import { requestIdOf } from './request-id.ts';
import { Session, type SessionPeer } from './session.ts';
import { sharedOwnerOf } from './share-key.ts';
import type { ToolHeaders, ToolHeadersOf } from './tool-headers.ts';
import { MODERN_VERSION } from './versions.ts';

export type ModernEra = {
  handle(post: ModernRequest): void;
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
  calls: Pick<CallWatch, 'of'>;
}): ModernEra => {
  const contexts = new Map<string, Session>();
  /** Those whose child is being started: a slow start is not idleness. */
  const starting = new Set<Session>();

  const contextOf = (principal: string): Session => {
    // The platform stays itself, so that its looking in is not taken for a client's call.
    const owner =
      deps.isolation === 'SHARED' && principal !== PLATFORM_PRINCIPAL ? sharedOwnerOf(principal) : principal;
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

  const overLegacy = (post: ModernRequest) =>
    post.principal === PLATFORM_PRINCIPAL
      ? refuseLegacy(post.response, post.envelope.id)
      : deps.translated.handle(post);

  /** Sends the request to the child of the context. Calls are frequent: no function is made for each that is not needed. */
  const send = ({ response, envelope }: ModernRequest, context: Session, peer: SessionPeer) => {
    if (response.destroyed) return;
    const reply = new Reply({
      response,
      session: context,
      outstanding: 1,
      now: deps.clock(),
      primed: false,
      listens: envelope.method === LISTEN,
      calls: deps.calls.of(response),
    });
    context.replies.add(reply);
    deps.offers.watch(MODERN_VERSION, envelope, reply);
    const id = peer.call(context, reply, envelope);
    reply.onGone = () => {
      // Closing the stream cancels, in this era.
      peer.cancelCalls((_, callId) => callId === id, 'The client closed the connection.');
    };
  };

  const sendIfToolHeadersAgree = (post: ModernRequest, context: Session, peer: SessionPeer, tools: ToolHeaders) => {
    const { request, response, envelope, body } = post;
    const mismatch = checkToolHeaders(request.headers, body, tools);
    if (mismatch) sendError(response, 400, mismatch.message, { id: envelope.id, code: mismatch.code });
    else send(post, context, peer);
  };

  const forward = (post: ModernRequest, context: Session) => {
    const { request, response, envelope, body } = post;
    const { peer } = context;
    if (!peer || response.destroyed) return;
    const problem = checkModernRequest(request.headers, body, peer.supportedVersions);
    if (problem)
      return sendError(response, 400, problem.message, { id: envelope.id, code: problem.code, data: problem.data });
    if (peer.overloaded) return sendFailure(response, envelope.id, new CapacityError(OVERLOADED));
    if (envelope.method !== 'tools/call') return send(post, context, peer);
    const tools = deps.toolHeaders.of(peer);
    if (tools instanceof Promise) void tools.then((known) => sendIfToolHeadersAgree(post, context, peer, known));
    else sendIfToolHeadersAgree(post, context, peer, tools);
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
    handle(post) {
      const { request, response, principal, envelope } = post;
      if (deps.pool.knownLegacy) return overLegacy(post);
      const context = contextOf(principal);
      if (envelope.id === null) {
        onNotification(context, envelope);
        return sendAccepted(response);
      }
      if (context.peer && !context.peer.ended) return forward(post, context);
      starting.add(context);
      deps.pool
        .acquireModern(context, requestIdOf(request))
        .finally(() => starting.delete(context))
        .then(
          (peer) => (peer === null ? overLegacy(post) : forward(post, context)),
          (error: unknown) => sendFailure(response, envelope.id, error),
        );
    },
  };
};
