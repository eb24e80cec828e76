import { type ClientGuide, headerOption, json, shellQuote, type Target, withConsent } from '../client-guide.ts';

export function geminiCli(target: Target): ClientGuide {
  const { slug, url, headers } = target;
  return {
    key: 'gemini-cli',
    label: 'Gemini CLI',
    announces: /^gemini-cli/i,
    source: {
      url: 'https://geminicli.com/docs/tools/mcp-server',
      checked: '2026-11-30',
      help: 'gemini mcp add --help',
    },
    steps: withConsent('Run this, then start Gemini CLI and type /mcp.', target),
    snippets: [
      {
        label: 'command',
        wrap: true,
        code: `gemini mcp add --scope user --transport http${headerOption(target)} ${slug} ${shellQuote(url)}`,
      },
      { label: '~/.gemini/settings.json', code: json({ mcpServers: { [slug]: { httpUrl: url, ...headers } } }) },
    ],
  };
}

export function qwenCode(target: Target): ClientGuide {
  const { slug, url, headers } = target;
  return {
    key: 'qwen-code',
    label: 'Qwen Code',
    announces: /^qwen/i,
    source: {
      url: 'https://qwenlm.github.io/qwen-code-docs/en/users/features/mcp',
      checked: '2026-11-30',
      help: 'qwen mcp add --help',
    },
    steps: withConsent('Run this, then start Qwen Code and type /mcp.', target),
    snippets: [
      {
        label: 'command',
        wrap: true,
        code: `qwen mcp add --scope user --transport http${headerOption(target)} ${slug} ${shellQuote(url)}`,
      },
      { label: '~/.qwen/settings.json', code: json({ mcpServers: { [slug]: { httpUrl: url, ...headers } } }) },
    ],
  };
}

export function copilotCli(target: Target): ClientGuide {
  const { slug, url, headers } = target;
  return {
    key: 'copilot-cli',
    label: 'Copilot CLI',
    announces: /copilot/i,
    source: {
      url: 'https://docs.github.com/en/copilot/how-tos/copilot-cli/customize-copilot/add-mcp-servers',
      checked: '2026-11-30',
      help: 'copilot mcp add --help',
    },
    steps: withConsent('Run this, then start Copilot CLI and type /mcp show.', target),
    snippets: [
      {
        label: 'command',
        wrap: true,
        code: `copilot mcp add --transport http${headerOption(target)} ${slug} ${shellQuote(url)}`,
      },
      {
        label: '~/.copilot/mcp-config.json',
        code: json({ mcpServers: { [slug]: { type: 'http', url, ...headers, tools: ['*'] } } }),
      },
    ],
  };
}

export function openCode(target: Target): ClientGuide {
  const { slug, url, access, headers } = target;
  // Without a token opencode signs in by OAuth; with one it must not try.
  const server = { type: 'remote', url, ...headers, ...(access === 'TOKEN' ? { oauth: false } : {}) };
  return {
    key: 'opencode',
    label: 'opencode',
    announces: /^opencode/i,
    source: { url: 'https://opencode.ai/docs/mcp-servers', checked: '2026-11-30' },
    steps: withConsent('Add this to opencode.json, or to ~/.config/opencode/opencode.json for every project.', target),
    snippets: [
      ...(access === 'TOKEN'
        ? []
        : [{ label: 'command', wrap: true, code: `opencode mcp add ${slug} --global --url ${shellQuote(url)}` }]),
      {
        label: 'opencode.json',
        code: json({ $schema: 'https://opencode.ai/config.json', mcp: { servers: { [slug]: server } } }),
      },
    ],
  };
}

export const goose = (target: Target): ClientGuide => ({
  key: 'goose',
  label: 'Goose',
  announces: /^goose/i,
  source: { url: 'https://block.github.io/goose/docs/guides/config-files', checked: '2026-11-30' },
  steps: withConsent('Add this below extensions in ~/.config/goose/config.yaml, or run goose configure.', target),
  snippets: [
    {
      label: 'config.yaml',
      code: [
        'extensions:',
        `  ${target.slug}:`,
        '    enabled: true',
        '    type: streamable_http',
        `    name: ${target.slug}`,
        `    uri: ${target.url}`,
        ...(target.access === 'TOKEN' ? ['    headers:', `      Authorization: ${target.bearer}`] : []),
        '    timeout: 300',
      ].join('\n'),
    },
  ],
});
