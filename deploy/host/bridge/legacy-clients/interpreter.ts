import { isRecord } from '../../records.ts';
import type { CallReply } from '../call.ts';
import { memberText } from '../json-edit.ts';
import { type Envelope, errorMessage, findMember, RPC, replaceSpan, resultMessage, scan, slice } from '../json-rpc.ts';
import { LOG_LEVELS } from '../protocol-names.ts';
import { type Interpreter, type Session, type SessionPeer, subscriptionKey } from '../session.ts';
import { type ChildListening, createChildListening, refusalOf } from './child-listening.ts';
import { initializeAnswer, negotiateLegacy, readDiscovered } from './initialize-answer.ts';
import { InputRounds } from './input-rounds.ts';
import { clientMeta, logLevelMeta, withMeta } from './stateless-request.ts';

/** Until a client names a level, the server decides (2025-11-25, logging). */
const DEFAULT_LEVEL = 'info';

/** The key of the request among those that a session remembers. */
const SET_LEVEL = 'logging/setLevel';

/** The level that a request sets; null without a request. A session that was made again brings the request with it. */
const levelIn = (message: string | undefined): string | null => {
  const request = message === undefined ? null : scan(message);
  return (request && memberText(request.text, request.params, 'level')?.slice(1, -1)) ?? null;
};

type Client = { info: unknown; capabilities: Record<string, unknown> };

const readClient = (params: Record<string, unknown>): Client => {
  // Tasks of 2025-11-25 and those of the extension differ, so the client cannot be taken for one that has the latter.
  const { tasks: _tasks, ...capabilities } = isRecord(params['capabilities']) ? params['capabilities'] : {};
  return { info: params['clientInfo'], capabilities };
};

/** Speaks for legacy sessions with modern children. */
export const createInterpreters = (deps: { log: (text: string) => void; onTranslated: () => void }) => {
  const listenings = new WeakMap<SessionPeer, ChildListening>();

  const listeningOf = (peer: SessionPeer): ChildListening => {
    let listening = listenings.get(peer);
    if (!listening) {
      const { capabilities } = readDiscovered(peer.discoverResult);
      const meta = clientMeta({ info: { name: 'catwalk', version: '1' }, capabilities: {} });
      listening = createChildListening(peer, { meta, capabilities, log: deps.log });
      listenings.set(peer, listening);
    }
    return listening;
  };

  /** `params` are those of the client's `initialize`. */
  return (session: Session, params: Record<string, unknown>): Interpreter => {
    const client = readClient(params);
    const meta = clientMeta(client);
    const rounds = new Map<string, InputRounds>();
    let level: string | null = null;
    let logs = false;

    const setLevel = (reply: CallReply, request: Envelope) => {
      const asked = memberText(request.text, request.params, 'level')?.slice(1, -1) ?? '';
      if (!logs) return refuse(reply, request, RPC.METHOD_NOT_FOUND, 'The server does not send log messages.');
      if (!LOG_LEVELS.includes(asked))
        return refuse(reply, request, RPC.INVALID_PARAMS, `Unknown log level: ${asked}.`);
      level = asked;
      session.remembered.set(SET_LEVEL, request.text);
      confirm(reply, request);
    };

    const confirm = (reply: CallReply, { id }: Envelope) =>
      reply.answer(resultMessage(id ?? 'null', '{}'), session.clock());

    const refuse = (reply: CallReply, { id }: Envelope, code: number, message: string) =>
      reply.answer(errorMessage(id, code, message), session.clock());

    const subscribe = async (peer: SessionPeer, reply: CallReply, request: Envelope) => {
      const uri = memberText(request.text, request.params, 'uri');
      if (uri === null || uri[0] !== '"') return refuse(reply, request, RPC.INVALID_PARAMS, 'The uri is missing.');
      session.remembered.set(subscriptionKey(uri), request.text);
      const agreed = await listeningOf(peer).update();
      if ('uris' in agreed && agreed.uris.has(JSON.parse(uri))) return confirm(reply, request);
      session.remembered.delete(subscriptionKey(uri));
      const refusal = refusalOf(agreed) ?? {
        code: RPC.INVALID_PARAMS,
        message: 'The server offers no subscription to this resource.',
      };
      refuse(reply, request, refusal.code, refusal.message);
    };

    const unsubscribe = async (peer: SessionPeer, reply: CallReply, request: Envelope) => {
      session.remembered.delete(subscriptionKey(memberText(request.text, request.params, 'uri') ?? ''));
      await listeningOf(peer).update();
      confirm(reply, request);
    };

    const call = (peer: SessionPeer, reply: CallReply, request: Envelope) => {
      const logMeta = logs ? `,${logLevelMeta(level ?? DEFAULT_LEVEL)}` : '';
      const stateless = withMeta(request, meta + logMeta);
      if (stateless === null) return refuse(reply, request, RPC.INVALID_PARAMS, 'The params are not an object.');
      const id = request.id ?? 'null';
      const running = new InputRounds({
        session,
        peer,
        reply,
        request,
        stateless,
        capabilities: client.capabilities,
        onEnd: () => rounds.delete(id),
      });
      rounds.set(id, running);
      running.start();
    };

    return {
      initializeResult: (peer) =>
        initializeAnswer(readDiscovered(peer.discoverResult), negotiateLegacy(session.protocolVersion)),

      onChild(peer) {
        logs = 'logging' in readDiscovered(peer.discoverResult).capabilities;
        level ??= levelIn(session.remembered.get(SET_LEVEL));
        void listeningOf(peer).update();
      },

      request(peer, reply, request) {
        deps.onTranslated();
        reply.translated = true;
        switch (request.method) {
          case 'ping':
            return confirm(reply, request);
          case SET_LEVEL:
            return setLevel(reply, request);
          case 'resources/subscribe':
            return void subscribe(peer, reply, request);
          case 'resources/unsubscribe':
            return void unsubscribe(peer, reply, request);
          default:
            return call(peer, reply, request);
        }
      },

      notification(peer, envelope) {
        // Clients of the modern era send only this one (2026-07-28, cancellation).
        if (envelope.method !== 'notifications/cancelled') return;
        const at = findMember(envelope.text, envelope.params, 'requestId');
        if (at === null) return;
        const id = slice(envelope.text, at);
        const running = rounds.get(id);
        if (running?.asking) return running.cancel();
        const found = peer.findClientCall(session, id);
        if (!found) return;
        found.call.cancelledAt = session.clock();
        peer.send(replaceSpan(envelope.text, at, String(found.id)));
      },

      onSessionEnd(peer) {
        rounds.clear();
        if (peer && !peer.ended) void listenings.get(peer)?.update();
      },
    };
  };
};
