import type { IncomingMessage, ServerResponse } from 'node:http';
import type { CallWatch } from '../../calls/call-watch.ts';
import type { HostIsolation } from '../../contract.ts';
import { isRecord } from '../../records.ts';
import { sendAccepted, sendError } from '../answers.ts';
import { LISTEN } from '../call.ts';
import type { ChildPool } from '../child-pool.ts';
import { CapacityError, OVERLOADED, sendFailure } from '../failed-call.ts';
import { announceInitialized } from '../initialized.ts';
import { type Envelope, RPC } from '../json-rpc.ts';
import { checkModernRequest, checkToolHeaders } from '../modern-claim.ts';
import type { Offers } from '../offers.ts';
import { Reply } from '../reply.ts';
import { requestIdOf } from '../request-id.ts';
import type { Session, SessionPeer } from '../session.ts';
import { type ToolHeadersOf, whenKnown } from '../tool-headers.ts';
import { MODERN_VERSION } from '../versions.ts';
import { fromWire, rawToWire, readable } from '../wire-values.ts';
import { type Account, createAccounts } from './accounts.ts';
import type { ModernContext } from './context.ts';
import { createContexts } from './contexts.ts';
import { isGone, legacyRequest, partsOf, type RequestParts } from './legacy-request.ts';
import { readFilter } from './listeners.ts';
import { createLogLevels } from './log-levels.ts';
import { decorate, discoverResult, SUPPORTED_VERSIONS, serverInfoMeta } from './modern-answer.ts';
import { createParkedCalls } from './parked-calls.ts';
import { PendingCall, type Waiting } from './pending-call.ts';
import { createRequestStates, digestOf } from './request-state.ts';

/** A POSTed request of a modern client. */
export type ModernRequest = {
  request: IncomingMessage;
  response: ServerResponse;
  principal: string;
  envelope: Envelope;
  body: Record<string, unknown>;
};

export type TranslatedEra = {
  handle(post: ModernRequest): void;
  readonly contexts: ReadonlyMap<string, ModernContext>;
  /** To be called about once a second. `idleSince`: contexts that were last used before are forgotten. */
  tick(now: number, idleSince: number): void;
  /** Ends streams that would never end by themselves: the machine stops. */
  close(): void;
};

/** Kept for each kind of client, so their size is bounded. */
const INITIALIZE_CHARACTERS_MAX = 16 * 1024;
const STATE_REFUSED =
  'This requestState does not continue the request: it was changed, used before, has expired, or belongs to another ' +
  'request or caller, or the server was restarted. Start the call again, without requestState.';

const refuse = ({ response, envelope }: ModernRequest, status: number, code: number, message: string): void =>
  sendError(response, status, message, { id: envelope.id, code });

/** A request with what it says of its client. */
type Told = ModernRequest & { parts: RequestParts | null; account: Account };

/** Serves clients of the modern era, which has no sessions, over legacy children, which have nothing else. */
export const createTranslatedEra = (deps: {
  pool: ChildPool;
  isolation: HostIsolation;
  machineId: string;
  clock: () => number;
  log: (text: string) => void;
  onTranslated: () => void;
  /** A result of a child as clients see it. */
  shown: (method: string, result: string) => string;
  toolHeaders: ToolHeadersOf;
  offers: Pick<Offers, 'watch'>;
  calls: Pick<CallWatch, 'of'>;
}): TranslatedEra => {
  const { clock, pool } = deps;
  const contexts = createContexts(deps);
  const parked = createParkedCalls();
  const states = createRequestStates(deps.machineId);
  const accountOf = createAccounts();
  const callDeps = { parked, states };
  const logLevels = createLogLevels(deps);

  const openReply = (context: Session, { response, envelope }: ModernRequest): Reply => {
    const reply = new Reply({
      response,
      session: context,
      outstanding: 1,
      now: clock(),
      primed: false,
      listens: envelope.method === LISTEN,
      calls: deps.calls.of(response),
    });
    reply.translated = true;
    deps.offers.watch(MODERN_VERSION, envelope, reply);
    context.replies.add(reply);
    return reply;
  };

  const waitingOf = (reply: Reply, { envelope, account }: Told): Waiting => ({
    reply,
    clientId: envelope.id ?? 'null',
    token: account.progressToken,
    logRank: account.logRank ?? -1,
  });

  const call = (context: ModernContext, peer: SessionPeer, post: Told) => {
    if (post.response.destroyed) return;
    const { account, parts, envelope } = post;
    logLevels.raise(peer, account.logRank ?? -1);
    const reply = openReply(context, post);
    const pending = new PendingCall(callDeps, {
      peer,
      context,
      principal: post.principal,
      method: envelope.method ?? '',
      params: post.body['params'],
      capabilities: account.capabilities,
      waiting: waitingOf(reply, post),
    });
    // Closing the stream cancels, in this era.
    reply.onGone = () => pending.cancel('The client closed the connection.');
    pending.start(parts?.meta == null ? envelope : legacyRequest(envelope, parts, account.kept));
  };

  const listen = async (context: ModernContext, peer: SessionPeer, post: Told) => {
    const filter = readFilter(post.body['params']);
    if (filter === null) return refuse(post, 400, RPC.INVALID_PARAMS, 'params.notifications is missing or malformed.');
    const read: unknown = fromWire(peer.initializeResult ?? '{}');
    const capabilities = isRecord(read) && isRecord(read['capabilities']) ? read['capabilities'] : {};
    const reply = openReply(context, post);
    let gone = false;
    let end: (() => void) | null = null;
    reply.onGone = () => {
      gone = true;
      end?.();
    };
    const clientId = post.envelope.id ?? 'null';
    end = await context.listeners.open(peer, { reply, clientId, filter, capabilities });
    if (gone) end();
  };

  const serve = (context: ModernContext, peer: SessionPeer, post: Told) => {
    if (post.response.destroyed) return;
    if (peer.overloaded) return sendFailure(post.response, post.envelope.id, new CapacityError(OVERLOADED));
    announceInitialized(peer);
    const result = peer.initializeResult ?? '{}';
    switch (post.envelope.method) {
      case 'server/discover': {
        const offered = deps.shown('server/discover', discoverResult(result));
        const discovered = decorate('server/discover', offered, serverInfoMeta(peer));
        return openReply(context, post).answer(
          `{"jsonrpc":"2.0","id":${post.envelope.id ?? 'null'},"result":${discovered}}`,
          clock(),
        );
      }
      case LISTEN:
        listen(context, peer, post).catch((error: unknown) => sendFailure(post.response, post.envelope.id, error));
        return;
      case 'tools/call':
        whenKnown(deps.toolHeaders.of(peer), (tools) => {
          const mismatch = checkToolHeaders(post.request.headers, post.body, tools);
          if (mismatch) refuse(post, 400, mismatch.code, mismatch.message);
          else call(context, peer, post);
        });
        return;
      default:
        return call(context, peer, post);
    }
  };

  /** The next round of a parked call. True if the request was answered, false if the call is to be made again. */
  const resume = (post: Told, params: Record<string, unknown>): boolean => {
    const { principal, envelope } = post;
    const origin = { principal, method: envelope.method ?? '', digest: digestOf(params) };
    const state = states.open(params['requestState'], origin, clock());
    if (state !== null && state.call === null) return false;
    const found = state?.call ? parked.find(state.call, state.round, principal) : null;
    if (found === null) {
      refuse(post, 400, RPC.INVALID_PARAMS, STATE_REFUSED);
      return true;
    }
    const responses = params['inputResponses'] === undefined ? {} : params['inputResponses'];
    if (!isRecord(responses) || !found.accepts(responses)) {
      refuse(post, 400, RPC.INVALID_PARAMS, 'inputResponses is malformed: it holds an object for each input request.');
      return true;
    }
    parked.forget(found); // until it is parked again: only calls without a waiting client may be given up
    logLevels.raise(found.peer, post.account.logRank ?? -1);
    found.context.lastUsed = clock();
    const reply = openReply(found.context, post);
    reply.onGone = () => found.cancel('The client closed the connection.');
    found.resume(waitingOf(reply, post), responses);
    return true;
  };

  const start = (post: Told) => {
    const { response, envelope } = post;
    let context: ModernContext;
    try {
      context = contexts.of(post.principal, post.account);
    } catch (error) {
      return sendFailure(response, envelope.id, error);
    }
    const { peer } = context;
    if (peer && !peer.ended) return serve(context, peer, post);
    context.starting += 1;
    pool
      .acquire(context, requestIdOf(post.request))
      .finally(() => {
        context.starting -= 1;
      })
      .then((started) => serve(context, started, post))
      .catch((error: unknown) => sendFailure(response, envelope.id, error));
  };

  return {
    contexts: contexts.all,

    handle(post) {
      const { request, response, envelope, body } = post;
      deps.onTranslated();
      // No notification of a client has a meaning over HTTP in this era.
      if (envelope.id === null) return sendAccepted(response);
      const problem = checkModernRequest(request.headers, body, SUPPORTED_VERSIONS);
      if (problem)
        return sendError(response, 400, problem.message, { id: envelope.id, code: problem.code, data: problem.data });
      const method = envelope.method ?? '';
      if (isGone(method)) return refuse(post, 404, RPC.METHOD_NOT_FOUND, `Method not found: ${readable(method)}`);
      const params = isRecord(body['params']) ? body['params'] : {};
      const parts = partsOf(envelope);
      const account = accountOf(parts?.meta ?? rawToWire(params['_meta']));
      if (account.logRank === null) return refuse(post, 400, RPC.INVALID_PARAMS, 'The log level is unknown.');
      if (account.initialize.length > INITIALIZE_CHARACTERS_MAX)
        return refuse(post, 400, RPC.INVALID_PARAMS, 'The client info and capabilities are too large.');
      const told = { ...post, parts, account };
      if (params['requestState'] === undefined || !resume(told, params)) start(told);
    },

    tick(now, idleSince) {
      parked.endForgotten(now);
      contexts.forgetIdle(idleSince);
    },

    close() {
      for (const context of contexts.all.values()) context.listeners.endAll(clock());
    },
  };
};
