import { isLocalUrl, type Target } from './endpoint.ts';
import { type ClientGuide, CONSENT, json, type Snippet, shellQuote } from './guide.ts';

const base64 = (text: string): string => btoa(String.fromCharCode(...new TextEncoder().encode(text)));

export function cursor({ slug, url, access, headers }: Target): ClientGuide {
  const server = { url, ...(headers ? { headers } : {}) };
  const config = encodeURIComponent(base64(JSON.stringify(server)));
  return {
    key: 'cursor',
    label: 'Cursor',
    kind: 'app',
    steps: `Click Add to Cursor, or add this to ~/.cursor/mcp.json (all projects) or .cursor/mcp.json (one project).${access === 'OAUTH' ? ` ${CONSENT}` : ''}`,
    snippets: [{ label: 'mcp.json', language: 'json', code: json({ mcpServers: { [slug]: server } }) }],
    deepLink: {
      label: 'Add to Cursor',
      href: `cursor://anysphere.cursor-deeplink/mcp/install?name=${encodeURIComponent(slug)}&config=${config}`,
    },
  };
}

/** VS Code asks for the token and keeps it out of the file, which may be part of a project. */
export function vsCode({ slug, url, access, headers }: Target): ClientGuide {
  const server = { type: 'http', url };
  const named = JSON.stringify({ name: slug, ...server, ...(headers ? { headers } : {}) });
  const id = `${slug}-token`;
  const asking = {
    inputs: [{ type: 'promptString', id, description: `Token of ${slug}`, password: true }],
    servers: { [slug]: { ...server, headers: { Authorization: `Bearer \${input:${id}}` } } },
  };
  return {
    key: 'vscode',
    label: 'VS Code',
    kind: 'app',
    steps: `Click Add to VS Code, or add this to .vscode/mcp.json (one project) or with “MCP: Open User Configuration” (all projects).${access === 'OAUTH' ? ` ${CONSENT}` : ''}${headers ? ' VS Code asks for the token when the server starts.' : ''}`,
    snippets: [
      { label: 'mcp.json', language: 'json', code: json(headers ? asking : { servers: { [slug]: server } }) },
      { label: 'command', language: 'sh', wrap: true, code: `code --add-mcp ${shellQuote(named)}` },
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

/** The entry of a stdio client for the bridge `mcp-remote`. */
function bridgeEntry({ url, headers }: Target): object {
  // Without TLS, mcp-remote accepts only addresses of this computer unless a flag allows others.
  const isPlain = url.startsWith('http:') && !isLocalUrl(url);
  const args = ['-y', 'mcp-remote', url, ...(isPlain ? ['--allow-http'] : [])];
  if (!headers) return { command: 'npx', args };
  // The value comes from a variable: a space in an argument is lost on Windows.
  return {
    command: 'npx',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: mcp-remote fills it in
    args: [...args, '--header', 'Authorization:${AUTHORIZATION}'],
    env: { AUTHORIZATION: headers.Authorization },
  };
}

/** The connectors of claude.ai reach only the internet and send no token of ours; Claude Desktop runs a bridge. */
export function claude(target: Target): ClientGuide {
  const { slug, url, access } = target;
  const needsBridge = isLocalUrl(url) || access === 'TOKEN';
  const endpoint: Snippet = { label: 'endpoint', language: null, code: url };
  const bridge: Snippet = {
    label: 'claude_desktop_config.json',
    language: 'json',
    caption: 'claude_desktop_config.json (Claude Desktop on this computer)',
    code: json({ mcpServers: { [slug]: bridgeEntry(target) } }),
  };
  return {
    key: 'claude',
    label: 'Claude',
    kind: 'app',
    steps: cloudSteps('claude.ai', 'Settings → Connectors → Add custom connector, and paste the endpoint.', target),
    snippets: needsBridge ? [bridge, endpoint] : [endpoint, bridge],
    ...(needsBridge
      ? {}
      : { deepLink: { label: 'Open Claude’s connectors', href: 'https://claude.ai/settings/connectors' } }),
  };
}

export function chatGpt(target: Target): ClientGuide {
  const where =
    'Settings → Apps & Connectors → Advanced settings → Developer mode, then Create, and paste the endpoint.';
  return {
    key: 'chatgpt',
    label: 'ChatGPT',
    kind: 'app',
    steps: cloudSteps('ChatGPT', where, target),
    snippets: [{ label: 'endpoint', language: null, code: target.url }],
    ...(isLocalUrl(target.url) || target.access === 'TOKEN'
      ? {}
      : { deepLink: { label: 'Open ChatGPT’s connectors', href: 'https://chatgpt.com/#settings/Connectors' } }),
  };
}
