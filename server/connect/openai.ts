import { isLocalUrl, type Target } from './endpoint.ts';
import {
  type ClientGuide,
  cloudSteps,
  command,
  json,
  outOfReach,
  type Snippet,
  shellQuote,
  withConsent,
} from './guide.ts';

/** A variable for the token of a server. */
const variableOf = (slug: string): string => `${slug.toUpperCase().replaceAll('-', '_')}_TOKEN`;

/** The file of Codex takes the header itself; its command takes only the name of a variable with the token. */
export function codex(target: Target): ClientGuide {
  const { slug, url, access, token, headers } = target;
  const lines = [`[mcp_servers.${slug}]`, `url = ${JSON.stringify(url)}`];
  if (headers.headers) {
    lines.push(`http_headers = { Authorization = ${JSON.stringify(headers.headers.Authorization)} }`);
  }
  const file: Snippet = { label: '~/.codex/config.toml', language: 'toml', code: lines.join('\n') };
  const add = `codex mcp add ${slug} --url ${shellQuote(url)}`;
  const variable = variableOf(slug);
  return {
    key: 'codex',
    label: 'Codex',
    kind: 'terminal',
    announces: /^codex/i,
    source: { url: 'https://developers.openai.com/codex/mcp', checked: '2026-11-30' },
    steps:
      access === 'TOKEN'
        ? 'Add this to ~/.codex/config.toml, which the CLI, the app and the IDE extension share. Or run the command, which keeps the token out of the file, and start Codex where the variable is set.'
        : withConsent(`Run this${access === 'OAUTH' ? '' : ', then type /mcp in Codex to see the server'}.`, target),
    snippets:
      access === 'TOKEN'
        ? [file, command(`export ${variable}=${shellQuote(token)}\n${add} --bearer-token-env-var ${variable}`)]
        : [command(add), file],
  };
}

export function chatGpt(target: Target): ClientGuide {
  const where =
    'Settings → Apps & Connectors → Advanced settings → Developer mode, then Create, and paste the endpoint.';
  return {
    key: 'chatgpt',
    label: 'ChatGPT',
    kind: 'app',
    isCloud: true,
    announces: /^(?:openai-mcp|chatgpt)/i,
    source: { url: 'https://developers.openai.com/apps-sdk/deploy/connect-chatgpt', checked: null },
    steps: cloudSteps('ChatGPT', where, target),
    snippets: [{ label: 'endpoint', language: null, code: target.url }],
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
    kind: 'api',
    isCloud: true,
    announces: /^openai-mcp/i,
    source: { url: 'https://developers.openai.com/api/docs/guides/tools-remote-mcp', checked: '2026-11-30' },
    steps:
      outOfReach('The OpenAI API', url) ??
      'Send the endpoint with the request. The API connects to it and calls its tools for the model.',
    snippets: [
      {
        label: 'curl',
        language: 'sh',
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
