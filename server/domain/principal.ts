import { principalWithoutView } from '#deploy/host/view-contract.ts';

/** The opaque names under which a host tells callers apart, and how they are read again. */
export const tokenPrincipal = (tokenId: string): string => `token:${tokenId}`;

export const oauthPrincipal = (clientId: string, userId: string): string =>
  `oauth:${encodeURIComponent(clientId)}:${encodeURIComponent(userId)}`;

export type ReadPrincipal = { kind: 'token'; tokenId: string } | { kind: 'oauth'; clientId: string; userId: string };

/** Null for every other kind of caller. */
export function readPrincipal(principal: string): ReadPrincipal | null {
  const [kind, first, second] = principalWithoutView(principal).split(':');
  if (first === undefined) return null;
  if (kind === 'token') return { kind, tokenId: first };
  if (kind !== 'oauth' || second === undefined) return null;
  return { kind, clientId: decodeURIComponent(first), userId: decodeURIComponent(second) };
}
