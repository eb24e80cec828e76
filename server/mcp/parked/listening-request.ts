import type { EndpointRequest } from '../gate.ts';

export const LISTEN_METHOD = 'subscriptions/listen';

/** Its body is kept as long as the stream, so that a larger one is piped through like any other request. */
const BODY_BYTES_MAX = 4_096;

/**
 * Reports whether a request opens a stream that only listens, by its headers alone: the GET stream of a session, the
 * event stream of HTTP+SSE, or `subscriptions/listen`, whose method MCP 2026-07-28 has in a header.
 */
export function isListening({ method, path, head, body }: EndpointRequest): boolean {
  if (path.kind === 'sse') return method === 'GET' && !head.hasBody;
  if (path.kind !== 'main') return false;
  if (method === 'GET') return head.sessionId !== null && !head.hasBody;
  const bytes = body?.length ?? head.contentLength ?? Number.POSITIVE_INFINITY;
  return method === 'POST' && head.mcpMethod === LISTEN_METHOD && bytes <= BODY_BYTES_MAX;
}

/** Reports whether the client of a GET stream takes an event stream. */
export const acceptsEvents = ({ head }: EndpointRequest): boolean => {
  const accept = headerOf(head.forward, 'accept');
  return accept === null || /text\/event-stream|\*\/\*|text\/\*/i.test(accept);
};

export const lastEventIdOf = ({ head }: EndpointRequest): string | null => headerOf(head.forward, 'last-event-id');

/** Headers, names and values in turn, without those of a name. */
export function withoutHeader(headers: readonly string[], name: string): string[] {
  const kept: string[] = [];
  for (let at = 0; at + 1 < headers.length; at += 2)
    if (headers[at] !== name) kept.push(headers[at] ?? '', headers[at + 1] ?? '');
  return kept;
}

function headerOf(headers: readonly string[], name: string): string | null {
  for (let at = 0; at + 1 < headers.length; at += 2) if (headers[at] === name) return headers[at + 1] ?? null;
  return null;
}
