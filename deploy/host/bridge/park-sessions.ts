import { type KeptSession, PLATFORM_PRINCIPAL } from '../contract.ts';
import type { Session } from './session.ts';
import type { SessionStore } from './session-store.ts';

/** A host gives no more than this away to be kept. The sessions that were used last come first. */
const SESSIONS_MAX = 1_000;
const SESSION_CHARACTERS_MAX = 16 * 1024;

/**
 * Lets go of the calls that wait for an answer of a client, which come back with Last-Event-ID, and returns what is
 * needed to make each session again after a cold start.
 */
export const parkSessions = (
  store: Pick<SessionStore, 'all'>,
  /** The connection of a session of HTTP+SSE. */
  connectionOf: (session: Session) => string | undefined,
  now: number,
): KeptSession[] => {
  const kept: KeptSession[] = [];
  for (const session of store.all.values()) {
    if (session.principal === PLATFORM_PRINCIPAL) continue;
    const connection = connectionOf(session);
    if (session.dialect !== 'resumable' && connection === undefined) continue;
    for (const reply of session.replies) reply.stream?.hangUp(now);
    const { id, principal, protocolVersion, initialize } = session;
    const remembered = [...session.remembered];
    const characters = remembered.reduce((sum, [, message]) => sum + message.length, initialize.length);
    if (characters > SESSION_CHARACTERS_MAX) continue;
    const one = { id, principal, protocolVersion, initialize, remembered };
    kept.push(connection === undefined ? one : { ...one, connection });
  }
  const usedAt = (one: KeptSession) => store.all.get(one.id)?.lastUsed ?? 0;
  return kept.sort((a, b) => usedAt(b) - usedAt(a)).slice(0, SESSIONS_MAX);
};
