import type { ProtocolEra } from '../../generated/graphql.ts';

const VERSIONS: Record<ProtocolEra, string> = { LEGACY: '2025-11-25 and older', MODERN: '2026-07-28' };

/**
 * Says which clients can connect to a server, and for which of them Catwalk translates. `eras`: those that the server
 * supports by itself; empty until its handshake.
 */
export function describeClients(eras: readonly ProtocolEra[]): string {
  const every = 'Clients of every MCP version can connect.';
  const [only, another] = eras;
  if (only === undefined || another !== undefined) return every;
  const other = only === 'LEGACY' ? 'MODERN' : 'LEGACY';
  return `${every} Catwalk translates for those of ${VERSIONS[other]}, which the server does not support itself.`;
}
