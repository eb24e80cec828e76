import { PLATFORM_PRINCIPAL } from '../contract.ts';
import type { Session, SessionPeer } from './session.ts';

/** Decides whether a child may serve the owner of the session's files. */
type MayServe = (peer: SessionPeer, session: Session) => boolean;

/** The child that the platform has used becomes the session's. */
export const handOver = (peer: SessionPeer, { shareKey, principal, workspaceOwner }: Session): SessionPeer => {
  peer.shareKey = shareKey;
  peer.principal = principal;
  peer.workspace.owner ??= workspaceOwner;
  return peer;
};

/**
 * The child that a session may join: one of those it shares with, or one that shook hands on the same terms and that
 * only the platform has used. The platform only lists tools: it may use any child, so that its pings start none.
 */
export const findShared = (peers: Iterable<SessionPeer>, session: Session, mayServe: MayServe): SessionPeer | null => {
  let platforms: SessionPeer | null = null;
  let any: SessionPeer | null = null;
  for (const peer of peers) {
    if (peer.era !== 'legacy' || !peer.serving || peer.leaving) continue;
    if (session.shareKey !== null && peer.shareKey === session.shareKey) return peer;
    any = peer;
    if (peer.principal === PLATFORM_PRINCIPAL && peer.terms === session.terms && mayServe(peer, session))
      platforms = peer;
  }
  if (session.principal === PLATFORM_PRINCIPAL) return any;
  return platforms && handOver(platforms, session);
};

/**
 * The same in the modern era, in which nothing was agreed on before: sessions share a child if they have the same key,
 * and any child that the platform alone has used will do.
 */
export const findModern = (peers: Iterable<SessionPeer>, session: Session, mayServe: MayServe): SessionPeer | null => {
  let platforms: SessionPeer | null = null;
  for (const peer of peers) {
    if (peer.era !== 'modern' || !peer.serving || peer.leaving) continue;
    if (session.principal === PLATFORM_PRINCIPAL) return peer;
    if (session.modernShareKey !== null && peer.shareKey === session.modernShareKey) return peer;
    if (peer.principal === PLATFORM_PRINCIPAL && mayServe(peer, session)) platforms = peer;
  }
  if (platforms === null) return null;
  handOver(platforms, session);
  platforms.shareKey = session.modernShareKey;
  return platforms;
};

/** True when only the platform is left on a child that belongs to one session. */
export const isAbandoned = (peer: SessionPeer): boolean => {
  if (peer.shareKey !== null || peer.principal === PLATFORM_PRINCIPAL) return false;
  for (const session of peer.sessions) if (session.principal !== PLATFORM_PRINCIPAL) return false;
  return true;
};
