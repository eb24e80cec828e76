import { isLocalUrl, type Target } from './endpoint.ts';
import {
  type ClientGuide,
  cloudSteps,
  command,
  headerOption,
  json,
  outOfReach,
  type Snippet,
  shellQuote,
  withConsent,
} from './guide.ts';

export function claudeCode(target: Target): ClientGuide {
  const { slug, url, access, headers } = target;
  const authorization = headers.headers?.Authorization ?? null;
  return {
    key: 'claude-code',
    label: 'Claude Code',
    kind: 'terminal',
    announces: /^claude-code/i,
    source: { url: 'https://code.claude.com/docs/en/mcp', checked: '2026-11-30' },
    steps:
      access === 'OAUTH'
        ? withConsent('Run this, then type /mcp in Claude Code and choose Authenticate.', target)
        : 'Run this, then type /mcp in Claude Code to see the server.',
    snippets: [command(`claude mcp add --transport http ${slug} ${shellQuote(url)}${headerOption(authorization)}`)],
  };
}

/** The entry of a stdio client for the bridge `mcp-remote`. */
function bridgeEntry({ url, headers: { headers } }: Target): object {
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
    // Claude Desktop runs mcp-remote on this computer, which adds its own name to that of the client.
    announces: /^claude(?:-ai|\.ai|$)|\(via mcp-remote |^Anthropic/i,
    source: { url: 'https://support.claude.com/en/articles/11175166', checked: null },
    steps: cloudSteps('claude.ai', 'Settings → Connectors → Add custom connector, and paste the endpoint.', target),
    snippets: needsBridge ? [bridge, ...(isLocalUrl(url) ? [] : [endpoint])] : [endpoint, bridge],
    ...(needsBridge
      ? {}
      : { deepLink: { label: 'Open Claude’s connectors', href: 'https://claude.ai/settings/connectors' } }),
  };
}

/** The connector of the Messages API, which takes a token and no other header. */
export function messagesApi({ slug, url, access, token }: Target): ClientGuide {
  const server = { type: 'url', url, name: slug, ...(access === 'PUBLIC' ? {} : { authorization_token: token }) };
  const body = {
    model: 'claude-sonnet-4-5',
    max_tokens: 1000,
    messages: [{ role: 'user', content: 'Which tools do you have?' }],
    mcp_servers: [server],
    tools: [{ type: 'mcp_toolset', mcp_server_name: slug }],
  };
  return {
    key: 'messages-api',
    label: 'Anthropic API',
    kind: 'api',
    isCloud: true,
    source: { url: 'https://platform.claude.com/docs/en/agents-and-tools/mcp-connector', checked: '2026-11-30' },
    steps:
      outOfReach('The Anthropic API', url) ??
      'Send the endpoint with the request. The API connects to it and calls its tools for the model.',
    snippets: [
      {
        label: 'curl',
        language: 'sh',
        wrap: true,
        code: [
          'curl https://api.anthropic.com/v1/messages \\',
          '  -H "x-api-key: $ANTHROPIC_API_KEY" -H "anthropic-version: 2023-06-01" \\',
          '  -H "anthropic-beta: mcp-client-2025-11-20" -H "content-type: application/json" \\',
          `  -d ${shellQuote(json(body))}`,
        ].join('\n'),
      },
    ],
  };
}
