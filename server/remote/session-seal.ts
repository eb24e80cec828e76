import { createHmac, timingSafeEqual } from 'node:crypto';

/** Binds the sessions of a remote server to the caller that opened them, without remembering one. */
export type SessionSeal = {
  /** The session id that a caller receives for an id of the remote server. */
  seal(principal: string, sessionId: string): string;
  /** The remote server's own id; null if the id was changed, or was given to another caller or by another release. */
  open(principal: string, sealedId: string): string | null;
};

/** 132 bits in base64url: nobody finds a seal by trying. */
const SEAL_CHARACTERS = 22;

/**
 * Keyed by the token of the release, so that every instance opens what another one sealed. The session is known to the
 * remote server alone, and it knows one caller: Catwalk. So a caller who learned the session id of another one could use
 * it, which the host of a machine prevents by keeping sessions for each caller (MCP 2025-11-25, Security Best Practices,
 * "Session Hijacking").
 */
export function createSessionSeal(token: string): SessionSeal {
  const sealOf = (principal: string, sessionId: string): string =>
    createHmac('sha256', token)
      .update(`mcp-session\0${principal}\0${sessionId}`)
      .digest('base64url')
      .slice(0, SEAL_CHARACTERS);
  return {
    seal: (principal, sessionId) => `${sealOf(principal, sessionId)}.${sessionId}`,
    open: (principal, sealedId) => {
      if (sealedId[SEAL_CHARACTERS] !== '.') return null;
      const sessionId = sealedId.slice(SEAL_CHARACTERS + 1);
      const given = Buffer.from(sealedId.slice(0, SEAL_CHARACTERS));
      const expected = Buffer.from(sealOf(principal, sessionId));
      return given.length === expected.length && timingSafeEqual(given, expected) ? sessionId : null;
    },
  };
}
