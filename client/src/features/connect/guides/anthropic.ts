import {
  type ClientGuide,
  cloudSteps,
  headerOption,
  isLocalUrl,
  json,
  shellQuote,
  type Target,
  withConsent,
} from '../client-guide.ts';

export function claudeCode(target: Target): ClientGuide {
  const { slug, url, access } = target;
  return {
    key: 'claude-code',
    label: 'Claude Code',
    announces: /^claude-code/i,
    source: { url: 'https://code.claude.com/docs/en/mcp', checked: '2026-11-30' },
    steps:
      access === 'OAUTH'
        ? withConsent('Run this, then type /mcp in Claude Code and choose Authenticate.', target)
        : 'Run this, then type /mcp in Claude Code to see the server.',
    snippets: [
      {
        label: 'command',
        wrap: true,
        code: `claude mcp add --transport http ${slug} ${shellQuote(url)}${headerOption(target)}`,
      },
    ],
  };
}

export function claude(target: Target): ClientGuide {
  const { slug, url, access, bearer } = target;
  const isLocal = isLocalUrl(url);
  // Without TLS, mcp-remote accepts only addresses of this computer unless a flag allows others.
  const isPlain = url.startsWith('http:') && !isLocal;
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
    // Claude Desktop runs mcp-remote on this computer, which reaches the endpoint wherever it is.
    announces: /^claude(?:-ai|\.ai|$)|^mcp-remote|^Anthropic/i,
    source: { url: 'https://support.claude.com/en/articles/11175166', checked: null },
    steps: cloudSteps('claude.ai', 'Settings → Connectors → Add custom connector, and paste the endpoint.', target),
    snippets: [
      ...(isLocal ? [] : [{ label: 'endpoint', code: url }]),
      {
        label: 'claude_desktop_config.json',
        caption: 'claude_desktop_config.json (Claude Desktop on this computer)',
        code: json({ mcpServers: { [slug]: server } }),
      },
    ],
    ...(isLocal || access === 'TOKEN'
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
    isCloud: true,
    source: { url: 'https://platform.claude.com/docs/en/agents-and-tools/mcp-connector', checked: '2026-11-30' },
    steps: 'Send the endpoint with the request. The API connects to it and calls its tools for the model.',
    snippets: [
      {
        label: 'curl',
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
