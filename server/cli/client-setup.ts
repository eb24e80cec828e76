export const CLIENTS = ['claude-code', 'claude', 'cursor', 'vscode'] as const;
export type ClientName = (typeof CLIENTS)[number];

/** How to add an endpoint to one MCP client: what to do, and the text to copy, if there is one. */
export type Setup = {
  client: ClientName;
  title: string;
  steps: string;
  snippet: string | null;
  language: 'sh' | 'json' | null;
};

export type EndpointFacts = { name: string; url: string; access: string; token: string | null };

const PLACEHOLDER = 'YOUR_TOKEN';

/** A name that every client accepts: letters, digits, dashes. The scope of a package is left out. */
export function clientNameFor(name: string): string {
  const slug = name
    .replace(/^@[^/]+\//, '')
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^A-Za-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .toLowerCase()
    .slice(0, 48)
    .replace(/-+$/, '');
  return slug === '' ? 'catwalk' : slug;
}

const json = (value: unknown): string => JSON.stringify(value, null, 2);

function headersOf({ access, token }: EndpointFacts): { headers?: { Authorization: string } } {
  if (token === null && access !== 'TOKEN') return {};
  return { headers: { Authorization: `Bearer ${token ?? PLACEHOLDER}` } };
}

function claudeCode(endpoint: EndpointFacts): Setup {
  const { headers } = headersOf(endpoint);
  const header = headers ? ` --header "Authorization: ${headers.Authorization}"` : '';
  return {
    client: 'claude-code',
    title: 'Claude Code',
    steps: 'Run:',
    snippet: `claude mcp add --transport http ${clientNameFor(endpoint.name)} ${endpoint.url}${header}`,
    language: 'sh',
  };
}

function cursor(endpoint: EndpointFacts): Setup {
  const server = { url: endpoint.url, ...headersOf(endpoint) };
  return {
    client: 'cursor',
    title: 'Cursor',
    steps: 'Add to ~/.cursor/mcp.json, or to .cursor/mcp.json of a project:',
    snippet: json({ mcpServers: { [clientNameFor(endpoint.name)]: server } }),
    language: 'json',
  };
}

/** VS Code asks for the token and keeps it out of the file. */
function vscode(endpoint: EndpointFacts): Setup {
  const name = clientNameFor(endpoint.name);
  const input = { type: 'promptString', id: `${name}-token`, description: `Token of ${endpoint.name}`, password: true };
  const server = { type: 'http', url: endpoint.url };
  const asksToken = endpoint.access === 'TOKEN';
  return {
    client: 'vscode',
    title: 'VS Code',
    steps: `Add to .vscode/mcp.json${asksToken ? '; VS Code asks for the token when the server starts' : ''}:`,
    snippet: json(
      asksToken
        ? {
            inputs: [input],
            servers: { [name]: { ...server, headers: { Authorization: `Bearer \${input:${name}-token}` } } },
          }
        : { servers: { [name]: server } },
    ),
    language: 'json',
  };
}

/** Claude's connectors send no token of ours, and reach only what the internet does; Claude Desktop runs a bridge. */
function claude(endpoint: EndpointFacts): Setup {
  const { hostname, protocol } = new URL(endpoint.url);
  const isPrivate = protocol === 'http:' || ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
  if (endpoint.access !== 'TOKEN' && !isPrivate) {
    return {
      client: 'claude',
      title: 'Claude',
      steps: 'In Settings → Connectors choose “Add custom connector” and paste:',
      snippet: endpoint.url,
      language: null,
    };
  }
  const { headers } = headersOf(endpoint);
  const args = ['-y', 'mcp-remote', endpoint.url, ...(isPrivate ? ['--allow-http'] : [])];
  const server = headers
    ? {
        command: 'npx',
        args: [...args, '--header', `Authorization:\${AUTHORIZATION}`], // a space in an argument is lost on Windows
        env: { AUTHORIZATION: headers.Authorization },
      }
    : { command: 'npx', args };
  const why = isPrivate ? 'reach only addresses on the internet' : 'cannot send a token';
  return {
    client: 'claude',
    title: 'Claude',
    steps: `Connectors ${why}. For Claude Desktop add to claude_desktop_config.json:`,
    snippet: json({ mcpServers: { [clientNameFor(endpoint.name)]: server } }),
    language: 'json',
  };
}

const SETUPS: Record<ClientName, (endpoint: EndpointFacts) => Setup> = {
  'claude-code': claudeCode,
  claude,
  cursor,
  vscode,
};

export const clientSetup = (client: ClientName, endpoint: EndpointFacts): Setup => SETUPS[client](endpoint);
