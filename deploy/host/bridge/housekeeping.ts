import type { ChildPool } from './child-pool.ts';
import { errorMessage, RPC } from './json-rpc.ts';
import type { ModernEra } from './modern.ts';
import type { TranslatedEra } from './modern-clients/translated-era.ts';
import type { Session } from './session.ts';
import type { SessionStore } from './session-store.ts';

export type HousekeepingLimits = {
  /** An answer that takes longer than this is sent as a stream, so that the client sees headers and can resume. */
  promoteAfterMs: number;
  keepAliveMs: number;
  sessionIdleMs: number;
  streamReplayMs: number;
  /** How long a child may still answer a cancelled call. */
  cancelledMs: number;
  bufferedBytesMax: number;
};

export const DEFAULT_LIMITS: HousekeepingLimits = {
  promoteAfterMs: 1_000,
  keepAliveMs: 20_000,
  sessionIdleMs: 30 * 60_000,
  streamReplayMs: 5 * 60_000,
  cancelledMs: 3_000,
  bufferedBytesMax: 64 * 1024 * 1024,
};

type Contexts = { readonly contexts: ReadonlyMap<string, Session> };

/**
 * Does the work that no call triggers, on the clock's tick: one timer for the whole host instead of several for each
 * call.
 */
export const createHousekeeping = (deps: {
  store: Pick<SessionStore, 'all' | 'end'>;
  pool: Pick<ChildPool, 'peers'>;
  modern: Contexts & Pick<ModernEra, 'forgetIdle'>;
  translated: Contexts & Pick<TranslatedEra, 'tick'>;
  clock: () => number;
  limits: HousekeepingLimits;
}): (() => void) => {
  const { limits, store } = deps;

  const tendReplies = (session: Session, now: number) => {
    for (const reply of session.replies)
      if (reply.live && !reply.stream && now - reply.startedAt >= limits.promoteAfterMs) reply.openStream(now);
    session.standalone.keepAlive(now, limits.keepAliveMs);
    for (const stream of session.streams) stream.keepAlive(now, limits.keepAliveMs);
    session.forgetStreams(now - limits.streamReplayMs);
  };

  const endCancelled = (now: number) => {
    for (const peer of deps.pool.peers)
      for (const [id, call] of peer.pending)
        if (call.cancelledAt !== null && now - call.cancelledAt >= limits.cancelledMs) {
          peer.pending.delete(id);
          call.reply?.answer(errorMessage(call.clientId, RPC.SERVER, 'The request was cancelled.'), now);
        }
  };

  const boundBuffers = () => {
    let bytes = 0;
    for (const session of store.all.values()) bytes += session.bufferedBytes;
    if (bytes <= limits.bufferedBytesMax) return;
    const idleFirst = [...store.all.values()].sort(
      (a, b) => Number(a.busy) - Number(b.busy) || a.lastUsed - b.lastUsed,
    );
    for (const session of idleFirst) {
      if (bytes <= limits.bufferedBytesMax) return;
      bytes -= session.bufferedBytes;
      session.standalone.forget();
      for (const stream of session.streams) stream.forget();
    }
  };

  return () => {
    const now = deps.clock();
    for (const session of store.all.values()) {
      tendReplies(session, now);
      if (!session.busy && now - session.lastUsed >= limits.sessionIdleMs) store.end(session);
    }
    for (const context of deps.modern.contexts.values()) tendReplies(context, now);
    for (const context of deps.translated.contexts.values()) tendReplies(context, now);
    deps.modern.forgetIdle(now - limits.sessionIdleMs);
    deps.translated.tick(now, now - limits.sessionIdleMs);
    endCancelled(now);
    boundBuffers();
  };
};
