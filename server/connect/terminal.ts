import type { Target } from './endpoint.ts';
import { type ClientGuide, CONSENT, json, shellQuote } from './guide.ts';

const headerFlag = ({ headers }: Target): string =>
  headers ? ` --header ${`"Authorization: ${headers.Authorization}"`}` : '';

export function claudeCode(target: Target): ClientGuide {
  const { slug, url, access } = target;
  return {
    key: 'claude-code',
    label: 'Claude Code',
    kind: 'terminal',
    steps:
      access === 'OAUTH'
        ? `Run this, then type /mcp in Claude Code and choose Authenticate. ${CONSENT}`
        : 'Run this, then type /mcp in Claude Code to see the server.',
    snippets: [
      {
        label: 'command',
        language: 'sh',
        wrap: true,
        code: `claude mcp add --transport http ${slug} ${shellQuote(url)}${headerFlag(target)}`,
      },
    ],
  };
}

/** Codex reads the headers of a server from its file only; its command takes the name of a variable with the token. */
export function codex({ slug, url, access, headers }: Target): ClientGuide {
  const lines = [`[mcp_servers.${slug}]`, `url = ${JSON.stringify(url)}`];
  if (headers) lines.push(`http_headers = { Authorization = ${JSON.stringify(headers.Authorization)} }`);
  return {
    key: 'codex',
    label: 'Codex',
    kind: 'terminal',
    steps:
      access === 'OAUTH'
        ? `Run this. ${CONSENT}`
        : 'Add this to ~/.codex/config.toml, then type /mcp in Codex to see the server.',
    snippets:
      access === 'OAUTH'
        ? [{ label: 'command', language: 'sh', wrap: true, code: `codex mcp add ${slug} --url ${shellQuote(url)}` }]
        : [{ label: 'config.toml', language: 'toml', code: lines.join('\n') }],
  };
}

/** Gemini CLI and Qwen Code, which descends from it, take the same command. */
function geminiLike(target: Target, key: string, label: string, program: string): ClientGuide {
  const { slug, url, access } = target;
  return {
    key,
    label,
    kind: 'terminal',
    steps:
      access === 'OAUTH'
        ? `Run this, then type /mcp auth ${slug} in ${label}. ${CONSENT}`
        : `Run this, then type /mcp in ${label} to see the server.`,
    snippets: [
      {
        label: 'command',
        language: 'sh',
        wrap: true,
        code: `${program} mcp add --scope user --transport http ${slug} ${shellQuote(url)}${headerFlag(target)}`,
      },
    ],
  };
}

export const gemini = (target: Target): ClientGuide => geminiLike(target, 'gemini', 'Gemini CLI', 'gemini');
export const qwen = (target: Target): ClientGuide => geminiLike(target, 'qwen', 'Qwen Code', 'qwen');

export function openCode({ slug, url, access, headers }: Target): ClientGuide {
  // Without the second setting a refused token makes it look for a sign-in.
  const server = { type: 'remote', url, ...(headers ? { headers, oauth: false } : {}) };
  return {
    key: 'opencode',
    label: 'opencode',
    kind: 'terminal',
    steps:
      access === 'OAUTH'
        ? `Add this to opencode.json, then run opencode mcp auth ${slug}. ${CONSENT}`
        : 'Add this to opencode.json of a project, or to ~/.config/opencode/opencode.json.',
    snippets: [{ label: 'opencode.json', language: 'json', code: json({ mcp: { [slug]: server } }) }],
  };
}

export function copilot({ slug, url, access, headers }: Target): ClientGuide {
  const server = { type: 'http', url, tools: ['*'], ...(headers ? { headers } : {}) };
  return {
    key: 'copilot',
    label: 'Copilot CLI',
    kind: 'terminal',
    steps: `Add this to ~/.copilot/mcp-config.json.${access === 'OAUTH' ? ` ${CONSENT}` : ''}`,
    snippets: [{ label: 'mcp-config.json', language: 'json', code: json({ mcpServers: { [slug]: server } }) }],
  };
}

export function cline({ slug, url, access, headers }: Target): ClientGuide {
  const server = { type: 'streamableHttp', url, ...(headers ? { headers } : {}) };
  return {
    key: 'cline',
    label: 'Cline',
    kind: 'terminal',
    steps: `In Cline choose MCP Servers → Configure, and add this to cline_mcp_settings.json.${access === 'OAUTH' ? ` ${CONSENT}` : ''}`,
    snippets: [{ label: 'cline_mcp_settings.json', language: 'json', code: json({ mcpServers: { [slug]: server } }) }],
  };
}

export function continueDev({ slug, url, access, headers }: Target): ClientGuide {
  const lines = ['mcpServers:', `  - name: ${slug}`, '    type: streamable-http', `    url: ${JSON.stringify(url)}`];
  if (headers)
    lines.push(
      '    requestOptions:',
      '      headers:',
      `        Authorization: ${JSON.stringify(headers.Authorization)}`,
    );
  return {
    key: 'continue',
    label: 'Continue',
    kind: 'terminal',
    steps: `Add this to ~/.continue/config.yaml.${access === 'OAUTH' ? ` ${CONSENT}` : ''}`,
    snippets: [{ label: 'config.yaml', language: 'yaml', code: lines.join('\n') }],
  };
}

export function inspector(target: Target): ClientGuide {
  const { url, access, bearer } = target;
  const header = access === 'PUBLIC' ? '' : ` --header "Authorization: ${bearer}"`;
  return {
    key: 'inspector',
    label: 'Inspector',
    kind: 'terminal',
    steps: `Run this to list the tools${access === 'OAUTH' ? '; a script sends a token' : ''}.`,
    snippets: [
      {
        label: 'command',
        language: 'sh',
        wrap: true,
        code: `npx -y @modelcontextprotocol/inspector --cli --server-url ${shellQuote(url)} --transport http${header} --method tools/list`,
      },
    ],
  };
}

/** A bridge for clients that start a program and speak stdio to it. */
export function supergateway(target: Target): ClientGuide {
  const { url, access, bearer } = target;
  const header = access === 'PUBLIC' ? '' : ` --header "Authorization: ${bearer}"`;
  return {
    key: 'supergateway',
    label: 'supergateway',
    kind: 'terminal',
    steps: `For a client that speaks stdio only, start this as its server${access === 'OAUTH' ? '; it sends a token' : ''}.`,
    snippets: [
      {
        label: 'command',
        language: 'sh',
        wrap: true,
        code: `npx -y supergateway --streamableHttp ${shellQuote(url)} --logLevel none${header}`,
      },
    ],
  };
}
