import type { Target } from './endpoint.ts';
import { type ClientGuide, command, type GuideSource, headerOption, json, shellQuote, withConsent } from './guide.ts';

type GeminiLike = { key: string; label: string; program: string; announces: RegExp; source: GuideSource };

/** Gemini CLI and Qwen Code, which descends from it, take the same command and the same settings. */
function geminiLike(target: Target, { program, ...about }: GeminiLike): ClientGuide {
  const { slug, url, access, headers } = target;
  const header = headerOption(headers.headers?.Authorization ?? null);
  return {
    ...about,
    kind: 'terminal',
    steps:
      access === 'OAUTH'
        ? withConsent(`Run this, then type /mcp auth ${slug} in ${about.label}.`, target)
        : `Run this, then type /mcp in ${about.label} to see the server.`,
    snippets: [
      command(`${program} mcp add --scope user --transport http ${slug} ${shellQuote(url)}${header}`),
      {
        label: `~/.${program}/settings.json`,
        language: 'json',
        code: json({ mcpServers: { [slug]: { httpUrl: url, ...headers } } }),
      },
    ],
  };
}

export const gemini = (target: Target): ClientGuide =>
  geminiLike(target, {
    key: 'gemini',
    label: 'Gemini CLI',
    program: 'gemini',
    announces: /^gemini-cli/i,
    source: { url: 'https://geminicli.com/docs/tools/mcp-server', checked: '2026-11-30' },
  });

export const qwen = (target: Target): ClientGuide =>
  geminiLike(target, {
    key: 'qwen',
    label: 'Qwen Code',
    program: 'qwen',
    announces: /^qwen/i,
    source: {
      url: 'https://qwenlm.github.io/qwen-code-docs/en/users/features/mcp',
      checked: '2026-11-30',
    },
  });

export function openCode(target: Target): ClientGuide {
  const { slug, url, access, headers } = target;
  // Without a token opencode signs in by OAuth; with one a refused token would make it look for a sign-in.
  const server = { type: 'remote', url, ...headers, ...(headers.headers ? { oauth: false } : {}) };
  return {
    key: 'opencode',
    label: 'opencode',
    kind: 'terminal',
    announces: /^opencode/i,
    source: { url: 'https://opencode.ai/docs/mcp-servers', checked: '2026-11-30' },
    steps:
      access === 'OAUTH'
        ? withConsent(`Add this to opencode.json, then run opencode mcp auth ${slug}.`, target)
        : 'Add this to opencode.json of a project, or to ~/.config/opencode/opencode.json for every project.',
    snippets: [
      {
        label: 'opencode.json',
        language: 'json',
        code: json({ $schema: 'https://opencode.ai/config.json', mcp: { [slug]: server } }),
      },
    ],
  };
}

export function copilot(target: Target): ClientGuide {
  const { slug, url, headers } = target;
  const header = headerOption(headers.headers?.Authorization ?? null);
  return {
    key: 'copilot',
    label: 'Copilot CLI',
    kind: 'terminal',
    announces: /copilot/i,
    source: {
      url: 'https://docs.github.com/en/copilot/how-tos/copilot-cli/customize-copilot/add-mcp-servers',
      checked: '2026-11-30',
    },
    steps: withConsent(`Run this, then start Copilot CLI and type /mcp show ${slug}.`, target),
    snippets: [
      command(`copilot mcp add --transport http${header} ${slug} ${shellQuote(url)}`),
      {
        label: '~/.copilot/mcp-config.json',
        language: 'json',
        code: json({ mcpServers: { [slug]: { type: 'http', url, ...headers, tools: ['*'] } } }),
      },
    ],
  };
}

export const goose = (target: Target): ClientGuide => ({
  key: 'goose',
  label: 'Goose',
  kind: 'terminal',
  announces: /^goose/i,
  source: { url: 'https://block.github.io/goose/docs/guides/config-files', checked: '2026-11-30' },
  steps: withConsent('Add this below extensions in ~/.config/goose/config.yaml, or run goose configure.', target),
  snippets: [
    {
      label: 'config.yaml',
      language: 'yaml',
      code: [
        'extensions:',
        `  ${target.slug}:`,
        '    enabled: true',
        '    type: streamable_http',
        `    name: ${target.slug}`,
        `    uri: ${JSON.stringify(target.url)}`,
        ...(target.headers.headers
          ? ['    headers:', `      Authorization: ${JSON.stringify(target.headers.headers.Authorization)}`]
          : []),
        '    timeout: 300',
      ].join('\n'),
    },
  ],
});
