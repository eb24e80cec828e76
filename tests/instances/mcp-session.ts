import type { Deployed } from './deploy.ts';

export type Outcome =
  /** The tool answered what it should. */
  | 'answered'
  /** An HTTP error, a JSON-RPC error or a lost connection: the caller can tell, and may try again. */
  | { failed: string }
  /** An answer that is none: what must never happen. */
  | 'wrong';

const VERSION = '2025-11-25';

/** One MCP session over the endpoint with nothing in between that would retry. */
export async function openSession({ endpointUrl, accessToken }: Deployed, base = new URL(endpointUrl).origin) {
  const url = `${base}${new URL(endpointUrl).pathname}`;
  let next = 1;
  let session: string | null = null;
  const post = (method: string, params: object, id: number | null) =>
    fetch(url, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${accessToken}`,
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        ...(session === null ? {} : { 'mcp-session-id': session, 'mcp-protocol-version': VERSION }),
      },
      body: JSON.stringify({ jsonrpc: '2.0', method, params, ...(id === null ? {} : { id }) }),
      signal: AbortSignal.timeout(60_000),
    });
  const clientInfo = { name: 'instances', version: '1.0.0' };
  const opened = await post('initialize', { protocolVersion: VERSION, capabilities: {}, clientInfo }, 0);
  if (!opened.ok) throw new Error(`initialize: ${opened.status} ${await opened.text()}`);
  await opened.text();
  session = opened.headers.get('mcp-session-id');
  await (await post('notifications/initialized', {}, null)).text();

  return {
    url,
    headers: () => ({
      authorization: `Bearer ${accessToken}`,
      'mcp-session-id': session ?? '',
      'mcp-protocol-version': VERSION,
    }),
    call: async (): Promise<Outcome> => {
      const id = next;
      next += 1;
      let text: string;
      try {
        const answer = await post('tools/call', { name: 'greet', arguments: {} }, id);
        text = await answer.text();
        if (!answer.ok) return { failed: `${answer.status} ${text.slice(0, 200)}` };
      } catch (error) {
        return { failed: String(error) };
      }
      const message = /\{.*\}/s.exec(text)?.[0]; // as JSON, or as the data of an event
      if (message === undefined) return { failed: 'The stream ended before the answer.' };
      const { id: answered, result } = JSON.parse(message) as { id: number; result?: { content: { text: string }[] } };
      return answered === id && result?.content[0]?.text === 'Hello Ada' ? 'answered' : 'wrong';
    },
  };
}
