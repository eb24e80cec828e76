export type Endpoint = { name: string; url: string; token: string | null; access: 'TOKEN' | 'OAUTH' | 'PUBLIC' };

export type Snippet = { label: string; code: string; caption?: string; wrap?: boolean };

export type ClientGuide = {
  key: string;
  label: string;
  /** The instructions, in one or two sentences. */
  steps: string;
  snippets: Snippet[];
  /** A link that opens the client with the endpoint filled in. */
  deepLink?: { label: string; href: string };
};

export const TOKEN_PLACEHOLDER = 'YOUR_TOKEN';

/** Turns a name into a key that every client's configuration accepts. */
export const slugOf = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '') || 'server';

const json = (value: unknown) => JSON.stringify(value, null, 2);
const shellQuote = (text: string) => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`);
const base64 = (text: string) => btoa(String.fromCharCode(...new TextEncoder().encode(text)));

/** Tells whether only this computer can reach the address; a client in a cloud cannot. */
export const isLocalUrl = (url: string): boolean => {
  const { hostname } = new URL(url);
  return (
    hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.') || hostname.endsWith('.localhost')
  );
};

/** The endpoint as the snippets need it, with the headers of each request. */
type Target = { slug: string; url: string; access: Endpoint['access']; bearer: string; headers: object };

export function clientGuides({ name, url, token, access }: Endpoint): ClientGuide[] {
  const bearer = `Bearer ${token ?? TOKEN_PLACEHOLDER}`;
  // With OAuth a client gets its own token from the user's consent: a token in its configuration would prevent that.
  const headers = access === 'TOKEN' ? { headers: { Authorization: bearer } } : {};
  const target: Target = { slug: slugOf(name), url, access, bearer, headers };
  return [claudeCode(target), cursor(target), vsCode(target), claude(target), chatGpt(target), other(target)];
}

const CONSENT = 'Your browser opens; click Allow.';

function claudeCode({ slug, url, access, bearer }: Target): ClientGuide {
  const header = access === 'TOKEN' ? ` --header "Authorization: ${bearer}"` : '';
  return {
    key: 'claude-code',
    label: 'Claude Code',
    steps:
      access === 'OAUTH'
        ? `Run this, then type /mcp in Claude Code and choose Authenticate. ${CONSENT}`
        : 'Run this, then type /mcp in Claude Code to see the server.',
    snippets: [
      { label: 'command', wrap: true, code: `claude mcp add --transport http ${slug} ${shellQuote(url)}${header}` },
    ],
  };
}

function cursor({ slug, url, access, headers }: Target): ClientGuide {
  const server = { url, ...headers };
  const config = encodeURIComponent(base64(JSON.stringify(server)));
  return {
    key: 'cursor',
    label: 'Cursor',
    steps: `Click Add to Cursor, or add this to ~/.cursor/mcp.json (all projects) or .cursor/mcp.json (one project).${access === 'OAUTH' ? ` ${CONSENT}` : ''}`,
    snippets: [{ label: 'mcp.json', code: json({ mcpServers: { [slug]: server } }) }],
    deepLink: {
      label: 'Add to Cursor',
      href: `cursor://anysphere.cursor-deeplink/mcp/install?name=${encodeURIComponent(slug)}&config=${config}`,
    },
  };
}

function vsCode({ slug, url, access, headers }: Target): ClientGuide {
  const server = { type: 'http', url, ...headers };
  const named = JSON.stringify({ name: slug, ...server });
  return {
    key: 'vscode',
    label: 'VS Code',
    steps: `Click Add to VS Code, or add this to .vscode/mcp.json (one project) or with “MCP: Open User Configuration” (all projects).${access === 'OAUTH' ? ` ${CONSENT}` : ''}`,
    snippets: [
      { label: 'mcp.json', code: json({ servers: { [slug]: server } }) },
      { label: 'command', wrap: true, code: `code --add-mcp ${shellQuote(named)}` },
    ],
    deepLink: { label: 'Add to VS Code', href: `vscode:mcp/install?${encodeURIComponent(named)}` },
  };
}

/** The instructions for a client that runs in a cloud. */
function cloudSteps(client: string, where: string, { url, access }: Target): string {
  if (isLocalUrl(url)) {
    return `${client} runs in a cloud and can’t reach this computer. Set a public address for Catwalk first (PUBLIC_URL), or connect a client on this computer.`;
  }
  if (access === 'TOKEN') {
    return `${client} can’t send a fixed token. Set the access of this deployment to OAuth, then: ${where}`;
  }
  return `${where}${access === 'OAUTH' ? ` ${CONSENT}` : ''}`;
}

function claude(target: Target): ClientGuide {
  const { slug, url, access, bearer } = target;
  // Without TLS, mcp-remote accepts only addresses of this computer unless a flag allows others.
  const isPlain = url.startsWith('http:') && !isLocalUrl(url);
  const args = ['-y', 'mcp-remote', url, ...(isPlain ? ['--allow-http'] : [])];
  // The value comes from a variable: a space in an argument is lost on Windows.
  const server =
    access === 'TOKEN'
      ? {
          command: 'npx',
          // biome-ignore lint/suspicious/noTemplateCurlyInString: mcp-remote fills it in
          args: [...args, '--header', 'Authorization:${AUTHORIZATION}'],
          env: { AUTHORIZATION: bearer },
        }
      : { command: 'npx', args };
  return {
    key: 'claude',
    label: 'Claude',
    steps: cloudSteps('claude.ai', 'Settings → Connectors → Add custom connector, and paste the endpoint.', target),
    snippets: [
      { label: 'endpoint', code: url },
      {
        label: 'claude_desktop_config.json',
        caption: 'claude_desktop_config.json (Claude Desktop on this computer)',
        code: json({ mcpServers: { [slug]: server } }),
      },
    ],
    ...(isLocalUrl(url) || access === 'TOKEN'
      ? {}
      : { deepLink: { label: 'Open Claude’s connectors', href: 'https://claude.ai/settings/connectors' } }),
  };
}

function chatGpt(target: Target): ClientGuide {
  const where =
    'Settings → Apps & Connectors → Advanced settings → Developer mode, then Create, and paste the endpoint.';
  return {
    key: 'chatgpt',
    label: 'ChatGPT',
    steps: cloudSteps('ChatGPT', where, target),
    snippets: [{ label: 'endpoint', code: target.url }],
    ...(isLocalUrl(target.url) || target.access === 'TOKEN'
      ? {}
      : { deepLink: { label: 'Open ChatGPT’s connectors', href: 'https://chatgpt.com/#settings/Connectors' } }),
  };
}

const INITIALIZE =
  '{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"curl","version":"1"}}}';

/** Programs without a browser send a token, under OAuth too. */
function other({ slug, url, access, bearer, headers }: Target): ClientGuide {
  const isOpen = access === 'PUBLIC';
  return {
    key: 'other',
    label: 'Other',
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
