import { type ClientGuide, json, shellQuote, type Target } from '../client-guide.ts';

const INITIALIZE =
  '{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"curl","version":"1"}}}';

/** Programs without a browser send a token, under OAuth too. */
export function other({ slug, url, access, bearer, headers }: Target): ClientGuide {
  const isOpen = access === 'PUBLIC';
  return {
    key: 'other',
    label: 'Other',
    source: { url: 'https://modelcontextprotocol.io/specification/2025-11-25/basic/transports', checked: '2026-11-30' },
    steps: `For any client that supports MCP over Streamable HTTP. Older clients use HTTP+SSE: add /sse to the endpoint.${access === 'OAUTH' ? ' Clients with OAuth need only the endpoint. Scripts send a token.' : ''}`,
    snippets: [
      {
        label: 'mcpServers JSON',
        code: json({ mcpServers: { [slug]: { type: 'streamable-http', url, ...headers } } }),
      },
      {
        label: 'curl',
        wrap: true,
        code: [
          `curl -sS ${shellQuote(url)} \\`,
          ...(isOpen ? [] : [`  -H "Authorization: ${bearer}" \\`]),
          `  -H 'Content-Type: application/json' -H 'Accept: application/json, text/event-stream' \\`,
          `  -d '${INITIALIZE}'`,
        ].join('\n'),
      },
      {
        label: 'TypeScript',
        code: [
          `import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';`,
          '',
          `const client = new Client({ name: 'my-client', version: '1.0.0' });`,
          `const transport = new StreamableHTTPClientTransport(new URL('${url}')${isOpen ? '' : `, {`}`,
          ...(isOpen ? [] : [`  requestInit: { headers: { Authorization: '${bearer}' } },`, '}']),
        ]
          .join('\n')
          .concat(');\nawait client.connect(transport);\nconsole.log(await client.listTools());'),
      },
    ],
  };
}
