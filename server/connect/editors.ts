import type { Target } from './endpoint.ts';
import { type ClientGuide, command, json, type Snippet, shellQuote, withConsent } from './guide.ts';

const base64 = (text: string): string => btoa(String.fromCharCode(...new TextEncoder().encode(text)));

const file = (label: string, value: unknown): Snippet => ({ label, language: 'json', code: json(value) });

export function cursor(target: Target): ClientGuide {
  const { slug, url, headers } = target;
  const server = { url, ...headers };
  const config = encodeURIComponent(base64(JSON.stringify(server)));
  return {
    key: 'cursor',
    label: 'Cursor',
    kind: 'app',
    announces: /^cursor/i,
    source: { url: 'https://cursor.com/docs/mcp/install-links', checked: '2026-11-30' },
    steps: withConsent(
      'Click Add to Cursor, or add this to ~/.cursor/mcp.json (all projects) or .cursor/mcp.json (one project).',
      target,
    ),
    snippets: [file('mcp.json', { mcpServers: { [slug]: server } })],
    deepLink: {
      label: 'Add to Cursor',
      href: `cursor://anysphere.cursor-deeplink/mcp/install?name=${encodeURIComponent(slug)}&config=${config}`,
    },
  };
}

/** VS Code asks for the token and keeps it out of the file, which may be part of a project. */
export function vsCode(target: Target): ClientGuide {
  const { slug, url, headers } = target;
  const server = { type: 'http', url };
  const named = JSON.stringify({ name: slug, ...server, ...headers });
  const id = `${slug}-token`;
  const asking = {
    inputs: [{ type: 'promptString', id, description: `Token of ${slug}`, password: true }],
    servers: { [slug]: { ...server, headers: { Authorization: `Bearer \${input:${id}}` } } },
  };
  return {
    key: 'vscode',
    label: 'VS Code',
    kind: 'app',
    announces: /^visual studio code/i,
    source: { url: 'https://code.visualstudio.com/docs/agents/reference/mcp-configuration', checked: '2026-11-30' },
    steps: `${withConsent(
      'Click Add to VS Code, or add this to .vscode/mcp.json (one project) or with “MCP: Open User Configuration” (all projects).',
      target,
    )}${headers.headers ? ' With the file, VS Code asks for the token when the server starts.' : ''}`,
    snippets: [
      file('mcp.json', headers.headers ? asking : { servers: { [slug]: server } }),
      command(`code --add-mcp ${shellQuote(named)}`),
    ],
    deepLink: { label: 'Add to VS Code', href: `vscode:mcp/install?${encodeURIComponent(named)}` },
  };
}

export const cline = (target: Target): ClientGuide => ({
  key: 'cline',
  label: 'Cline',
  kind: 'app',
  announces: /^cline/i,
  source: { url: 'https://docs.cline.bot/mcp/mcp-overview', checked: null },
  steps: withConsent(
    'In Cline choose MCP Servers → Configure → Configure MCP Servers, and add this to the file.',
    target,
  ),
  snippets: [
    file('cline_mcp_settings.json', {
      mcpServers: { [target.slug]: { type: 'streamableHttp', url: target.url, ...target.headers, disabled: false } },
    }),
  ],
});

/** The file is a block of Continue: it has a name, a version and a schema, like the blocks of a hub. */
export const continueDev = (target: Target): ClientGuide => ({
  key: 'continue',
  label: 'Continue',
  kind: 'app',
  announces: /^continue/i,
  source: { url: 'https://docs.continue.dev/customize/deep-dives/mcp', checked: '2026-11-30' },
  steps: withConsent('Save this as .continue/mcpServers/… in your project. Continue uses it in agent mode.', target),
  snippets: [
    {
      label: `.continue/mcpServers/${target.slug}.yaml`,
      language: 'yaml',
      code: [
        `name: ${target.slug}`,
        'version: 0.0.1',
        'schema: v1',
        'mcpServers:',
        `  - name: ${target.slug}`,
        '    type: streamable-http',
        `    url: ${JSON.stringify(target.url)}`,
        ...(target.headers.headers
          ? [
              '    requestOptions:',
              '      headers:',
              `        Authorization: ${JSON.stringify(target.headers.headers.Authorization)}`,
            ]
          : []),
      ].join('\n'),
    },
  ],
});

export const windsurf = (target: Target): ClientGuide => ({
  key: 'windsurf',
  label: 'Windsurf',
  kind: 'app',
  announces: /^windsurf/i,
  source: { url: 'https://docs.windsurf.com/windsurf/cascade/mcp', checked: null },
  steps: withConsent(
    'Add this to ~/.codeium/windsurf/mcp_config.json, then refresh the MCP servers in Cascade.',
    target,
  ),
  snippets: [file('mcp_config.json', { mcpServers: { [target.slug]: { serverUrl: target.url, ...target.headers } } })],
});

export const zed = (target: Target): ClientGuide => ({
  key: 'zed',
  label: 'Zed',
  kind: 'app',
  announces: /^zed/i,
  source: { url: 'https://zed.dev/docs/ai/mcp', checked: '2026-11-30' },
  steps: withConsent('Run “zed: open settings file” and add this.', target),
  snippets: [file('settings.json', { context_servers: { [target.slug]: { url: target.url, ...target.headers } } })],
});

export const jetBrains = (target: Target): ClientGuide => ({
  key: 'jetbrains',
  label: 'JetBrains',
  kind: 'app',
  announces: /jetbrains|intellij/i,
  source: { url: 'https://www.jetbrains.com/help/ai-assistant/mcp.html', checked: null },
  steps: withConsent(
    'Open Settings → Tools → AI Assistant → Model Context Protocol (MCP), click Add, choose Streamable HTTP or As JSON, and paste this.',
    target,
  ),
  snippets: [file('JSON', { mcpServers: { [target.slug]: { url: target.url, ...target.headers } } })],
});
