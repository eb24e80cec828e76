import type { ChildPool } from './child-pool.ts';
import { CapacityError } from './failed-call.ts';
import type { Session } from './session.ts';

export const SESSIONS_MAX = 10_000;

export type SessionStore = {
  /** Returns null for a session of another principal, as for one that does not exist. */
  find(id: string, principal: string): Session | null;
  add(session: Session): void;
  /** Ends the longest unused session when there are too many; throws CapacityError when all are in use. */
  makeRoom(): void;
  end(session: Session): void;
  readonly all: ReadonlyMap<string, Session>;
};

/** A Map, not an object: `__proto__` is a session id like any other. In order of last use only roughly. */
export const createSessionStore = (deps: {
  pool: Pick<ChildPool, 'release'>;
  clock: () => number;
  sessionsMax?: number;
}): SessionStore => {
  const sessions = new Map<string, Session>();
  const max = deps.sessionsMax ?? SESSIONS_MAX;

  const end = (session: Session) => {
    sessions.delete(session.id);
    session.ended = true;
    const now = deps.clock();
    for (const reply of session.replies) reply.onSessionEnd(now);
    const { peer } = session;
    deps.pool.release(session);
    session.interpreter?.onSessionEnd(peer);
    session.standalone.end(now);
    for (const stream of session.streams) stream.end(now);
  };

  return {
    all: sessions,
    find(id, principal) {
      const session = sessions.get(id);
      return session && session.principal === principal ? session : null;
    },
    add(session) {
      sessions.set(session.id, session);
    },
    makeRoom() {
      if (sessions.size < max) return;
      let oldest: Session | null = null;
      for (const session of sessions.values())
        if (!session.busy && (oldest === null || session.lastUsed < oldest.lastUsed)) oldest = session;
      if (!oldest) throw new CapacityError(`All ${max} sessions of this machine are in use. Try again in a moment.`);
      end(oldest);
    },
    end,
  };
};
