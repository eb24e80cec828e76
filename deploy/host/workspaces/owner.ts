import { type HostIsolation, PLATFORM_PRINCIPAL } from '../contract.ts';
import { principalWithoutView } from '../view-contract.ts';

const SESSION_PREFIX = 'session ';

/**
 * Names the owner of the files that a client's child works with, by what the isolation promises. `AUTO`: the sessions of
 * one caller share them, different callers never do. `PER_SESSION`: each session has its own. `SHARED`: one for all.
 * Null for the platform, which only looks in: it works with the files of any owner.
 */
export const workspaceOwnerOf = (
  isolation: HostIsolation,
  client: { principal: string; sessionId: string | null },
): string | null => {
  if (isolation === 'SHARED') return 'shared';
  if (client.principal === PLATFORM_PRINCIPAL) return null;
  // The stateless protocol has no sessions: its children are one for each principal.
  return isolation === 'PER_SESSION' && client.sessionId !== null
    ? SESSION_PREFIX + client.sessionId
    : `principal ${principalWithoutView(client.principal)}`;
};

/** Files of one session alone are removed with it. */
export const endsWithSession = (owner: string | null): boolean => owner?.startsWith(SESSION_PREFIX) ?? false;
