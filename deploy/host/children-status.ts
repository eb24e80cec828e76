import type { SessionPeer } from './bridge/session.ts';
import type { HostStatus } from './contract.ts';

/** The children as `/status` reports them. `memory`: resident bytes by process. */
export const childrenStatus = (
  peers: Iterable<SessionPeer>,
  memory: ReadonlyMap<number, number> | null,
): HostStatus['children'] =>
  [...peers].map((peer) => ({
    pid: peer.pid ?? 0,
    startedAt: peer.startedAt.toISOString(),
    rssBytes: memory?.get(peer.pid ?? -1) ?? null,
    sessions: peer.sessions.size,
    inFlight: peer.inFlight,
    era: peer.era,
  }));
