import { type Dispatcher, request } from 'undici';

const WAIT_MS_MAX = 5_000;
const CHARACTERS_MAX = 4_096;
const FIRST_EVENT = /^event: ?endpoint\r?$/m;
/** The answers to a POST after which the transport specification tells clients to look for the old one. */
const UNKNOWN_TRANSPORT: ReadonlySet<number> = new Set([400, 404, 405]);

export const mayBeOldTransport = (status: number): boolean => UNKNOWN_TRANSPORT.has(status);

/**
 * Reports whether a server speaks HTTP+SSE of 2024-11-05: it answers a GET with a stream whose first event is `endpoint`
 * (MCP 2025-11-25, Transports, "Backwards Compatibility"). Never throws.
 */
export async function speaksOldTransport(
  url: string,
  headers: Record<string, string>,
  dispatcher: Dispatcher,
): Promise<boolean> {
  const signal = AbortSignal.timeout(WAIT_MS_MAX);
  try {
    const { statusCode, body } = await request(url, {
      dispatcher,
      headers: { ...headers, accept: 'text/event-stream', 'accept-encoding': 'identity', 'user-agent': 'catwalk' },
      signal,
    });
    let text = '';
    if (statusCode === 200) {
      for await (const chunk of body) {
        text += chunk;
        if (FIRST_EVENT.test(text) || text.length > CHARACTERS_MAX) break;
      }
    }
    body.on('error', () => {}).destroy();
    return FIRST_EVENT.test(text);
  } catch {
    return false; // away, too slow, or something else
  }
}
