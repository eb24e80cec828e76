/** How each client is told about an endpoint. */

export type Endpoint = { name: string; url: string; token: string | null; access: 'TOKEN' | 'OAUTH' | 'PUBLIC' };

export type Snippet = { label: string; code: string; wrap?: boolean };

export type ClientGuide = {
  key: string;
  label: string;
  /** One or two sentences of what to do. */
  steps: string;
  snippets: Snippet[];
  /** Opens the client with the endpoint filled in. */
  deepLink?: { label: string; href: string };
};

export const TOKEN_PLACEHOLDER = 'YOUR_TOKEN';

/** A name that every client's configuration accepts as a key. */
export const slugOf = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '') || 'server';

const json = (value: unknown) => JSON.stringify(value, null, 2);
const shellQuote = (text: string) => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`);
const base64 = (text: string) => btoa(String.fromCharCode(...new TextEncoder().encode(text)));

/** Whether only this computer reaches the address: a client in somebody's cloud cannot. */
export const isLocalUrl = (url: string): boolean => {
  const { hostname } = new URL(url);
  return (
    hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.') || hostname.endsWith('.localhost')
  );
};

export function clientGuides({ name, url, token, access }: Endpoint): ClientGuide[] {
  const slug = slugOf(name);
  const isOpen = access === 'PUBLIC';
  const bearer = `Bearer ${token ?? TOKEN_PLACEHOLDER}`;
  const headers = isOpen ? {} : { headers: { Authorization: bearer } };
  const local = isLocalUrl(url);

  const cursorServer = { url, ...headers };
  const codeServer = { type: 'http', url, ...headers };
  const remoteArgs = ['-y', 'mcp-remote', url, ...(isOpen ? [] : ['--header', `Authorization: ${bearer}`])];

  const cloud = (client: string, where: string): string => {
    if (local)
      return `${client} runs in a cloud and cannot reach this computer. Give Catwalk a public address first (PUBLIC_URL), or connect a client on this computer.`;
    if (access === 'TOKEN')
      return `${client} cannot send a fixed token. Set the access of this deployment to OAuth, then: ${where}`;
    return `${where}${access === 'OAUTH' ? ' You are asked to sign in here and agree.' : ''}`;
  };

  return [
    {
      key: 'claude-code',
      label: 'Claude Code',
      steps: 'Run this in a terminal, then /mcp in Claude Code shows the server.',
      snippets: [
        {
          label: 'command',
          wrap: true,
          code: `claude mcp add --transport http ${slug} ${shellQuote(url)}${isOpen ? '' : ` --header "Authorization: ${bearer}"`}`,
        },
      ],
    },
    {
      key: 'cursor',
      label: 'Cursor',
      steps: 'Put this into ~/.cursor/mcp.json, or .cursor/mcp.json of one project.',
      snippets: [{ label: 'mcp.json', code: json({ mcpServers: { [slug]: cursorServer } }) }],
      deepLink: {
        label: 'Add to Cursor',
        href: `cursor://anysphere.cursor-deeplink/mcp/install?name=${encodeURIComponent(slug)}&config=${encodeURIComponent(base64(JSON.stringify(cursorServer)))}`,
      },
    },
    {
      key: 'vscode',
      label: 'VS Code',
      steps: 'Put this into .vscode/mcp.json, or run “MCP: Open User Configuration”.',
      snippets: [
        { label: 'mcp.json', code: json({ servers: { [slug]: codeServer } }) },
        {
          label: 'command',
          wrap: true,
          code: `code --add-mcp ${shellQuote(JSON.stringify({ name: slug, ...codeServer }))}`,
        },
      ],
      deepLink: {
        label: 'Add to VS Code',
        href: `vscode:mcp/install?${encodeURIComponent(JSON.stringify({ name: slug, ...codeServer }))}`,
      },
    },
    {
      key: 'claude',
      label: 'Claude',
      steps: cloud('claude.ai', 'Settings → Connectors → Add custom connector, and paste the address.'),
      snippets: [
        { label: 'address', code: url },
        {
          label: 'claude_desktop_config.json',
          code: json({ mcpServers: { [slug]: { command: 'npx', args: remoteArgs } } }),
        },
      ],
    },
    {
      key: 'chatgpt',
      label: 'ChatGPT',
      steps: cloud(
        'ChatGPT',
        'Settings → Apps & Connectors → Advanced → Developer mode, then Create, and paste the address.',
      ),
      snippets: [{ label: 'address', code: url }],
    },
    {
      key: 'other',
      label: 'Other',
      steps: 'Any client that speaks MCP over Streamable HTTP. Older ones find HTTP+SSE at the same address with /sse.',
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
            `  -d '{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"curl","version":"1"}}}'`,
          ].join('\n'),
        },
        {
          label: 'TypeScript',
          code: [
            `import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';`,
            '',
            `const client = new Client({ name: 'my-client', version: '1.0.0' });`,
            `await client.connect(new StreamableHTTPClientTransport(new URL('${url}')${isOpen ? '' : `, {`}`,
            ...(isOpen ? [] : [`  requestInit: { headers: { Authorization: '${bearer}' } },`, '}']),
          ]
            .join('\n')
            .concat('));\nconsole.log(await client.listTools());'),
        },
      ],
    },
  ];
}
