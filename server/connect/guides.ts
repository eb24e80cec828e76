import { chatGpt, claude, cursor, vsCode } from './apps.ts';
import { type Endpoint, type Target, targetOf } from './endpoint.ts';
import { type ClientGuide, json, shellQuote } from './guide.ts';
import { libraries } from './libraries.ts';
import {
  claudeCode,
  cline,
  codex,
  continueDev,
  copilot,
  gemini,
  inspector,
  openCode,
  qwen,
  supergateway,
} from './terminal.ts';

const INITIALIZE =
  '{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"curl","version":"1"}}}';

/** Programs without a browser send a token, under OAuth too. */
function other({ slug, url, access, bearer, headers }: Target): ClientGuide {
  const server = { type: 'streamable-http', url, ...(headers ? { headers } : {}) };
  return {
    key: 'other',
    label: 'Other',
    kind: 'other',
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

const GUIDES = [
  claudeCode,
  cursor,
  vsCode,
  claude,
  chatGpt,
  codex,
  gemini,
  qwen,
  openCode,
  copilot,
  cline,
  continueDev,
  inspector,
  supergateway,
];

/** The instructions for every client, in the order of the dashboard. */
export function clientGuides(endpoint: Endpoint): ClientGuide[] {
  const target = targetOf(endpoint);
  return [...GUIDES.map((guide) => guide(target)), ...libraries(target), other(target)];
}

/** The names of all clients; instructions for them differ by endpoint, their names do not. */
export const CLIENT_KEYS: readonly string[] = clientGuides({
  name: 'x',
  url: 'http://localhost/',
  token: null,
  access: 'PUBLIC',
}).map(({ key }) => key);
