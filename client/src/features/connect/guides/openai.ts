import {
  type ClientGuide,
  cloudSteps,
  isLocalUrl,
  json,
  shellQuote,
  type Target,
  withConsent,
} from '../client-guide.ts';

/** A variable for the token of a server: Codex takes no token in its file. */
const variableOf = (slug: string): string => `${slug.toUpperCase().replaceAll('-', '_')}_TOKEN`;

export function codex(target: Target): ClientGuide {
  const { slug, url, access, token } = target;
  const variable = variableOf(slug);
  const hasToken = access === 'TOKEN';
  return {
    key: 'codex',
    label: 'Codex',
    announces: /^codex/i,
    source: { url: 'https://developers.openai.com/codex/mcp', checked: '2026-11-30' },
    steps: hasToken
      ? 'Run this, and start Codex where the variable is set. The file is shared by the CLI, the app and the IDE extension.'
      : withConsent('Run this, then start Codex and type /mcp.', target),
    snippets: [
      {
        label: 'command',
        wrap: true,
        code: [
          ...(hasToken ? [`export ${variable}=${shellQuote(token)}`] : []),
          `codex mcp add ${slug} --url ${shellQuote(url)}${hasToken ? ` --bearer-token-env-var ${variable}` : ''}`,
          ...(access === 'OAUTH' ? [`codex mcp login ${slug}`] : []),
        ].join('\n'),
      },
      {
        label: '~/.codex/config.toml',
        code: [
          `[mcp_servers.${slug}]`,
          `url = ${JSON.stringify(url)}`,
          ...(hasToken ? [`bearer_token_env_var = "${variable}"`] : []),
        ].join('\n'),
      },
    ],
  };
}

export function chatGpt(target: Target): ClientGuide {
  const where =
    'Settings → Apps & Connectors → Advanced settings → Developer mode, then Create, and paste the endpoint.';
  return {
    key: 'chatgpt',
    label: 'ChatGPT',
    isCloud: true,
    announces: /^(?:openai-mcp|chatgpt)/i,
    source: { url: 'https://developers.openai.com/apps-sdk/deploy/connect-chatgpt', checked: null },
    steps: cloudSteps('ChatGPT', where, target),
    snippets: [{ label: 'endpoint', code: target.url }],
    ...(isLocalUrl(target.url) || target.access === 'TOKEN'
      ? {}
      : { deepLink: { label: 'Open ChatGPT’s connectors', href: 'https://chatgpt.com/#settings/Connectors' } }),
  };
}

/** The MCP tool of the Responses API, which sends a token as a bearer. */
export function responsesApi({ slug, url, access, token }: Target): ClientGuide {
  const tool = {
    type: 'mcp',
    server_label: slug,
    server_url: url,
    ...(access === 'PUBLIC' ? {} : { authorization: token }),
    require_approval: 'always',
  };
  const body = { model: 'gpt-5', tools: [tool], input: 'Which tools do you have?' };
  return {
    key: 'responses-api',
    label: 'OpenAI API',
    isCloud: true,
    announces: /^openai-mcp/i,
    source: { url: 'https://developers.openai.com/api/docs/guides/tools-remote-mcp', checked: '2026-11-30' },
    steps: 'Send the endpoint with the request. The API connects to it and calls its tools for the model.',
    snippets: [
      {
        label: 'curl',
        wrap: true,
        code: [
          'curl https://api.openai.com/v1/responses \\',
          '  -H "Authorization: Bearer $OPENAI_API_KEY" -H "Content-Type: application/json" \\',
          `  -d ${shellQuote(json(body))}`,
        ].join('\n'),
      },
    ],
  };
}
