import type { Target } from './endpoint.ts';
import { type ClientGuide, json, shellQuote } from './guide.ts';

const INITIALIZE =
  '{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"curl","version":"1"}}}';

/** Programs without a browser send a token, under OAuth too. */
export function other({ slug, url, access, bearer, headers }: Target): ClientGuide {
  const server = { type: 'streamable-http', url, ...headers };
  return {
    key: 'other',
    label: 'Other',
    kind: 'other',
    source: { url: 'https://modelcontextprotocol.io/specification/2025-11-25/basic/transports', checked: '2026-11-30' },
    steps: `For any client that supports MCP over Streamable HTTP. Older clients use HTTP+SSE: add /sse to the endpoint.${access === 'OAUTH' ? ' Clients with OAuth need only the endpoint. Scripts send a token.' : ''}`,
    snippets: [
      { label: 'mcpServers JSON', language: 'json', code: json({ mcpServers: { [slug]: server } }) },
      {
        label: 'curl',
        language: 'sh',
        wrap: true,
        code: [
          `curl -sS ${shellQuote(url)} \\`,
          ...(access === 'PUBLIC' ? [] : [`  -H "Authorization: ${bearer}" \\`]),
          `  -H 'Content-Type: application/json' -H 'Accept: application/json, text/event-stream' \\`,
          `  -d '${INITIALIZE}'`,
        ].join('\n'),
      },
    ],
  };
}
