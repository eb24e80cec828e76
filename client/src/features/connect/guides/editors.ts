import { base64, type ClientGuide, json, shellQuote, type Target, withConsent } from '../client-guide.ts';

export function cursor(target: Target): ClientGuide {
  const { slug, url, headers } = target;
  const server = { url, ...headers };
  const config = encodeURIComponent(base64(JSON.stringify(server)));
  return {
    key: 'cursor',
    label: 'Cursor',
    announces: /^cursor/i,
    source: { url: 'https://cursor.com/docs/mcp/install-links', checked: '2026-11-30' },
    steps: withConsent(
      'Click Add to Cursor, or add this to ~/.cursor/mcp.json (all projects) or .cursor/mcp.json (one project).',
      target,
    ),
    snippets: [{ label: 'mcp.json', code: json({ mcpServers: { [slug]: server } }) }],
    deepLink: {
      label: 'Add to Cursor',
      href: `cursor://anysphere.cursor-deeplink/mcp/install?name=${encodeURIComponent(slug)}&config=${config}`,
    },
  };
}

export function vsCode(target: Target): ClientGuide {
  const { slug, url, headers } = target;
  const server = { type: 'http', url, ...headers };
  const named = JSON.stringify({ name: slug, ...server });
  return {
    key: 'vscode',
    label: 'VS Code',
    announces: /^visual studio code/i,
    source: { url: 'https://code.visualstudio.com/docs/agents/reference/mcp-configuration', checked: '2026-11-30' },
    steps: withConsent(
      'Click Add to VS Code, or add this to .vscode/mcp.json (one project) or with “MCP: Open User Configuration” (all projects).',
      target,
    ),
    snippets: [
      { label: 'mcp.json', code: json({ servers: { [slug]: server } }) },
      { label: 'command', wrap: true, code: `code --add-mcp ${shellQuote(named)}` },
    ],
    deepLink: { label: 'Add to VS Code', href: `vscode:mcp/install?${encodeURIComponent(named)}` },
  };
}

export const cline = (target: Target): ClientGuide => ({
  key: 'cline',
  label: 'Cline',
  announces: /^cline/i,
  source: { url: 'https://docs.cline.bot/mcp/mcp-overview', checked: null },
  steps: withConsent(
    'Open MCP Servers → Configure → Configure MCP Servers in Cline, and add this to the file.',
    target,
  ),
  snippets: [
    {
      label: 'cline_mcp_settings.json',
      code: json({
        mcpServers: { [target.slug]: { type: 'streamableHttp', url: target.url, ...target.headers, disabled: false } },
      }),
    },
  ],
});

export const continueDev = (target: Target): ClientGuide => ({
  key: 'continue',
  label: 'Continue',
  announces: /^continue/i,
  source: { url: 'https://docs.continue.dev/customize/deep-dives/mcp', checked: '2026-11-30' },
  steps: withConsent('Save this as .continue/mcpServers/… in your project. Continue uses it in agent mode.', target),
  snippets: [
    {
      label: `.continue/mcpServers/${target.slug}.yaml`,
      code: [
        `name: ${target.slug}`,
        'version: 0.0.1',
        'schema: v1',
        'mcpServers:',
        `  - name: ${target.slug}`,
        '    type: streamable-http',
        `    url: ${target.url}`,
        ...(target.access === 'TOKEN'
          ? ['    requestOptions:', '      headers:', `        Authorization: ${target.bearer}`]
          : []),
      ].join('\n'),
    },
  ],
});

export const windsurf = (target: Target): ClientGuide => ({
  key: 'windsurf',
  label: 'Windsurf',
  announces: /^windsurf/i,
  source: { url: 'https://docs.windsurf.com/windsurf/cascade/mcp', checked: null },
  steps: withConsent(
    'Add this to ~/.codeium/windsurf/mcp_config.json, then refresh the MCP servers in Cascade.',
    target,
  ),
  snippets: [
    {
      label: 'mcp_config.json',
      code: json({ mcpServers: { [target.slug]: { serverUrl: target.url, ...target.headers } } }),
    },
  ],
});

export const zed = (target: Target): ClientGuide => ({
  key: 'zed',
  label: 'Zed',
  announces: /^zed/i,
  source: { url: 'https://zed.dev/docs/ai/mcp', checked: '2026-11-30' },
  steps: withConsent('Run “zed: open settings file” and add this.', target),
  snippets: [
    {
      label: 'settings.json',
      code: json({ context_servers: { [target.slug]: { url: target.url, ...target.headers } } }),
    },
  ],
});

export const jetBrains = (target: Target): ClientGuide => ({
  key: 'jetbrains',
  label: 'JetBrains',
  announces: /jetbrains|intellij/i,
  source: { url: 'https://www.jetbrains.com/help/ai-assistant/mcp.html', checked: null },
  steps: withConsent(
    'Open Settings → Tools → AI Assistant → Model Context Protocol (MCP), click Add, choose Streamable HTTP or As JSON, and paste this.',
    target,
  ),
  snippets: [{ label: 'JSON', code: json({ mcpServers: { [target.slug]: { url: target.url, ...target.headers } } }) }],
});
