/** How each client is told about an endpoint. */

export type Endpoint = { name: string; url: string; token: string | null; access: 'TOKEN' | 'OAUTH' | 'PUBLIC' };

export type Snippet = { label: string; code: string; caption?: string; wrap?: boolean };

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

/** How a client is told about an endpoint, and what goes with each request. */
type Told = { slug: string; url: string; access: Endpoint['access']; bearer: string; headers: object };

export function clientGuides({ name, url, token, access }: Endpoint): ClientGuide[] {
  const bearer = `Bearer ${token ?? TOKEN_PLACEHOLDER}`;
  // With OAuth a client gets a token of its own, from the user's consent: one in its configuration would be in the way.
  const headers = access === 'TOKEN' ? { headers: { Authorization: bearer } } : {};
  const told: Told = { slug: slugOf(name), url, access, bearer, headers };
  return [claudeCode(told), cursor(told), vsCode(told), claude(told), chatGpt(told), other(told)];
}

const CONSENT = 'It opens a page here, where you agree.';

function claudeCode({ slug, url, access, bearer }: Told): ClientGuide {
  const header = access === 'TOKEN' ? ` --header "Authorization: ${bearer}"` : '';
  return {
    key: 'claude-code',
    label: 'Claude Code',
    steps:
      access === 'OAUTH'
        ? `Run this in a terminal, then /mcp in Claude Code and choose Authenticate. ${CONSENT}`
        : 'Run this in a terminal, then /mcp in Claude Code shows the server.',
    snippets: [
      { label: 'command', wrap: true, code: `claude mcp add --transport http ${slug} ${shellQuote(url)}${header}` },
    ],
  };
}

function cursor({ slug, url, access, headers }: Told): ClientGuide {
  const server = { url, ...headers };
  const config = encodeURIComponent(base64(JSON.stringify(server)));
  return {
    key: 'cursor',
    label: 'Cursor',
    steps: `Click, or put this into ~/.cursor/mcp.json, or .cursor/mcp.json of one project.${access === 'OAUTH' ? ` ${CONSENT}` : ''}`,
    snippets: [{ label: 'mcp.json', code: json({ mcpServers: { [slug]: server } }) }],
    deepLink: {
      label: 'Add to Cursor',
      href: `cursor://anysphere.cursor-deeplink/mcp/install?name=${encodeURIComponent(slug)}&config=${config}`,
    },
  };
}

function vsCode({ slug, url, access, headers }: Told): ClientGuide {
  const server = { type: 'http', url, ...headers };
  const named = JSON.stringify({ name: slug, ...server });
  return {
    key: 'vscode',
    label: 'VS Code',
    steps: `Click, or put this into .vscode/mcp.json, or run “MCP: Open User Configuration”.${access === 'OAUTH' ? ` ${CONSENT}` : ''}`,
    snippets: [
      { label: 'mcp.json', code: json({ servers: { [slug]: server } }) },
      { label: 'command', wrap: true, code: `code --add-mcp ${shellQuote(named)}` },
    ],
    deepLink: { label: 'Add to VS Code', href: `vscode:mcp/install?${encodeURIComponent(named)}` },
  };
}

/** What to do in a client that runs in somebody's cloud. */
function cloudSteps(client: string, where: string, { url, access }: Told): string {
  if (isLocalUrl(url)) {
    return `${client} runs in a cloud and cannot reach this computer. Give Catwalk a public address first (PUBLIC_URL), or connect a client on this computer.`;
  }
  if (access === 'TOKEN') {
    return `${client} cannot send a fixed token. Set the access of this deployment to OAuth, then: ${where}`;
  }
  return `${where}${access === 'OAUTH' ? ` ${CONSENT}` : ''}`;
}

function claude(told: Told): ClientGuide {
  const { slug, url, access, bearer } = told;
  // Without TLS mcp-remote takes addresses of this computer only, unless it is told.
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
    steps: cloudSteps('claude.ai', 'Settings → Connectors → Add custom connector, and paste the address.', told),
    snippets: [
      { label: 'address', code: url },
      {
        label: 'claude_desktop_config.json',
        caption: 'claude_desktop_config.json, for Claude Desktop on this computer',
        code: json({ mcpServers: { [slug]: server } }),
      },
    ],
    ...(isLocalUrl(url) || access === 'TOKEN'
      ? {}
      : { deepLink: { label: 'Open Claude’s connectors', href: 'https://claude.ai/settings/connectors' } }),
  };
}

function chatGpt(told: Told): ClientGuide {
  const where =
    'Settings → Apps & Connectors → Advanced settings → Developer mode, then Create, and paste the address.';
  return {
    key: 'chatgpt',
    label: 'ChatGPT',
    steps: cloudSteps('ChatGPT', where, told),
    snippets: [{ label: 'address', code: told.url }],
    ...(isLocalUrl(told.url) || told.access === 'TOKEN'
      ? {}
      : { deepLink: { label: 'Open ChatGPT’s connectors', href: 'https://chatgpt.com/#settings/Connectors' } }),
  };
}

const INITIALIZE =
  '{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"curl","version":"1"}}}';

/** Programs without a browser send a token, under OAuth too. */
function other({ slug, url, access, bearer, headers }: Told): ClientGuide {
  const isOpen = access === 'PUBLIC';
  return {
    key: 'other',
    label: 'Other',
    steps: `Any client that speaks MCP over Streamable HTTP. Older ones find HTTP+SSE at the same address with /sse.${access === 'OAUTH' ? ' Clients that know OAuth need the address alone; a script sends a token.' : ''}`,
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
