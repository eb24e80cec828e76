import { isUuid } from '#server/domain/access/uuid.ts';

export const ENDPOINT_PREFIX = '/api/mcp/';
const UUID_LENGTH = 36;

/** `view`: the name of the view in the address; null for the plain one. */
export type EndpointPath = { deploymentId: string; view: string | null; query: string } & (
  | { kind: 'main' | 'sse' }
  /** The old transport names its session in the query: as the client knows it, and the query as the host knows it. */
  | { kind: 'messages'; sessionId: string | null; hostQuery: string }
);

const VIEW = /^\/v\/([a-z0-9][a-z0-9-]{0,39})(?=\/|$)/;

/**
 * Reads `/api/mcp/{id}`, `…/sse` and `…/messages` with their queries, and the same below `/api/mcp/{id}/v/{view}`; null for
 * everything else.
 */
export function parseEndpointPath(url: string): EndpointPath | null {
  if (!url.startsWith(ENDPOINT_PREFIX)) return null;
  const idEnd = ENDPOINT_PREFIX.length + UUID_LENGTH;
  const deploymentId = url.slice(ENDPOINT_PREFIX.length, idEnd).toLowerCase();
  if (!isUuid(deploymentId)) return null;
  if (url.length === idEnd) return { kind: 'main', deploymentId, view: null, query: '' };
  const queryAt = url.indexOf('?', idEnd);
  const below = queryAt === -1 ? url.slice(idEnd) : url.slice(idEnd, queryAt);
  const named = VIEW.exec(below);
  const view = named?.[1] ?? null;
  const rest = below.slice(named?.[0].length ?? 0);
  const query = queryAt === -1 ? '' : url.slice(queryAt);
  if (rest === '' || rest === '/') return { kind: 'main', deploymentId, view, query };
  if (rest === '/sse') return { kind: 'sse', deploymentId, view, query };
  if (rest !== '/messages') return null;
  const parameters = new URLSearchParams(query);
  const sessionId = parameters.get('sessionId');
  const dot = sessionId?.indexOf('.') ?? -1;
  if (sessionId !== null && dot > 0) parameters.set('sessionId', sessionId.slice(dot + 1));
  return { kind: 'messages', deploymentId, view, query, sessionId, hostQuery: `?${parameters}` };
}
