const VERSIONS = { LEGACY: '2025-11-25 and older', MODERN: '2026-07-28' } as const;

/**
 * Names the versions of MCP whose clients can connect to a server, and those for which Catwalk translates. `eras`: those
 * that the server supports by itself; empty if that is not known.
 */
export function supportedClients(eras: readonly string[]): string {
  const translated = eras.length === 0 ? [] : (['LEGACY', 'MODERN'] as const).filter((era) => !eras.includes(era));
  const [first] = translated;
  return first === undefined || translated.length > 1
    ? 'every MCP version'
    : `every MCP version, ${VERSIONS[first]} by translation`;
}
