import { parseSync } from 'oxc-parser';
import { parse as parseToml } from 'smol-toml';
import { expect, test } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { isLocalUrl, slugOf } from './endpoint.ts';
import { CLIENT_KEYS, clientGuides } from './guides.ts';

const url = 'https://catwalk.example/api/mcp/2f0c7c1e-5a2b-4b59-9f6e-0b8f4f5f8a11';
const guide = (access: 'TOKEN' | 'OAUTH' | 'PUBLIC', key: string, at = url) => {
  const found = clientGuides({ name: 'My Server!', url: at, token: 'cw_secret', access }).find(
    (one) => one.key === key,
  );
  if (!found) throw new Error(`no guide for ${key}`);
  return found;
};

test('turns a name into a key that every configuration accepts', () => {
  expect(slugOf('My Server! (v2)')).toBe('my-server-v2');
  expect(slugOf('@modelcontextprotocol/server-everything')).toBe('server-everything');
  expect(slugOf('Ünïcode  Name!')).toBe('unicode-name');
  expect(slugOf('日本')).toBe('server');
});

test('puts the token into the header of every client that can send one', () => {
  expect(guide('TOKEN', 'claude-code').snippets[0]?.code).toBe(
    `claude mcp add --transport http my-server ${url} --header "Authorization: Bearer cw_secret"`,
  );
  expect(JSON.parse(guide('TOKEN', 'cursor').snippets[0]?.code ?? '')).toEqual({
    mcpServers: { 'my-server': { url, headers: { Authorization: 'Bearer cw_secret' } } },
  });
});

test('puts the configuration of the snippet into the deep link', () => {
  const href = guide('TOKEN', 'cursor').deepLink?.href ?? '';
  const config = new URL(href).searchParams.get('config') ?? '';
  expect(JSON.parse(atob(config))).toEqual({ url, headers: { Authorization: 'Bearer cw_secret' } });
});

test('explains when a cloud client cannot reach the endpoint or cannot send the token', () => {
  expect(isLocalUrl('http://localhost:3000/api/mcp/x')).toBe(true);
  expect(isLocalUrl(url)).toBe(false);
  expect(guide('TOKEN', 'claude', 'http://127.0.0.1:3000/api/mcp/x').steps).toContain('can’t reach this computer');
  expect(guide('TOKEN', 'chatgpt').steps).toContain('OAuth');
  expect(guide('OAUTH', 'claude').steps).toContain('Add custom connector');
});

test('puts no token into client configurations under OAuth', () => {
  for (const key of [
    'claude-code',
    'cursor',
    'vscode',
    'claude',
    'chatgpt',
    'codex',
    'gemini',
    'opencode',
    'copilot',
  ]) {
    const { snippets, deepLink } = guide('OAUTH', key);
    expect(JSON.stringify([snippets, deepLink])).not.toMatch(/Authorization|cw_secret/);
  }
  expect(guide('OAUTH', 'claude-code').steps).toContain('Authenticate');
  expect(guide('OAUTH', 'other').snippets.find(({ label }) => label === 'curl')?.code).toContain('cw_secret');
});

test('passes the token to the local bridge without a space in its arguments', () => {
  const desktop = guide('TOKEN', 'claude').snippets.find(({ label }) => label === 'claude_desktop_config.json');
  const { args, env } = JSON.parse(desktop?.code ?? '').mcpServers['my-server'];
  expect(args.join('|')).not.toContain(' ');
  expect(env).toEqual({ AUTHORIZATION: 'Bearer cw_secret' });
});

test('links to a cloud client only when it can connect', () => {
  expect(guide('OAUTH', 'claude').deepLink?.href).toContain('claude.ai');
  expect(guide('TOKEN', 'claude').deepLink).toBeUndefined();
  expect(guide('OAUTH', 'chatgpt', 'http://localhost:3000/api/mcp/x').deepLink).toBeUndefined();
});

test('allows plain HTTP in the local bridge only for another computer without TLS', () => {
  const argsOf = (at: string) =>
    guide('OAUTH', 'claude', at).snippets.find(({ label }) => label === 'claude_desktop_config.json')?.code;
  expect(argsOf('http://192.168.1.5:3000/api/mcp/x')).toContain('--allow-http');
  expect(argsOf('http://localhost:3000/api/mcp/x')).not.toContain('--allow-http');
  expect(argsOf(url)).not.toContain('--allow-http');
});

test.each(CLIENT_KEYS)('names the endpoint and no token for %s if the endpoint is public', (key) => {
  const { snippets } = guide('PUBLIC', key);
  const texts = snippets
    .map(({ code }) => code)
    .join('\n')
    .replace('Authorization: Bearer $OPENAI_API_KEY', ''); // the key of the model's API, which the person has
  expect(texts).toContain(url);
  expect(texts).not.toMatch(/authorization|cw_secret/i);
});

test('asks for the token in VS Code, whose file may be part of a project', () => {
  const file = guide('TOKEN', 'vscode').snippets.find(({ label }) => label === 'mcp.json')?.code ?? '';
  expect(file).not.toContain('cw_secret');
  expect(JSON.parse(file)).toMatchObject({
    inputs: [{ type: 'promptString', id: 'my-server-token', password: true }],
    servers: { 'my-server': { type: 'http', headers: { Authorization: `Bearer \${input:my-server-token}` } } },
  });
});

test('writes settings of Codex and Continue that their parsers read', () => {
  const [file, command] = guide('TOKEN', 'codex').snippets;
  const toml = parseToml(file?.code ?? '');
  expect(toml).toEqual({
    mcp_servers: { 'my-server': { url, http_headers: { Authorization: 'Bearer cw_secret' } } },
  });
  expect(command?.code).toBe(
    `export MY_SERVER_TOKEN=cw_secret\ncodex mcp add my-server --url ${url} --bearer-token-env-var MY_SERVER_TOKEN`,
  );
  const yaml = parseYaml(guide('TOKEN', 'continue').snippets[0]?.code ?? '');
  expect(yaml).toEqual({
    name: 'my-server',
    version: '0.0.1',
    schema: 'v1',
    mcpServers: [
      {
        name: 'my-server',
        type: 'streamable-http',
        url,
        requestOptions: { headers: { Authorization: 'Bearer cw_secret' } },
      },
    ],
  });
});

test.each(['typescript', 'typescript-v1', 'ai-sdk', 'langchain', 'openai-agents', 'mastra'])(
  'the program for %s sends the token, and quotes an address as a text',
  (key) => {
    const code = guide('TOKEN', key, `${url}?a='b'`).snippets[0]?.code ?? '';
    expect(code).toContain('Bearer cw_secret');
    expect(parseSync('snippet.mjs', code, { sourceType: 'module' }).errors).toEqual([]);
  },
);

test('puts the token where each command line and file takes it', () => {
  const codeOf = (key: string) => guide('TOKEN', key).snippets.map(({ code }) => code);
  const header = '--header "Authorization: Bearer cw_secret"';
  expect(codeOf('gemini')[0]).toBe(`gemini mcp add --scope user --transport http my-server ${url} ${header}`);
  expect(codeOf('copilot')[0]).toBe(`copilot mcp add --transport http ${header} my-server ${url}`);
  expect(JSON.parse(codeOf('windsurf')[0] ?? '')).toEqual({
    mcpServers: { 'my-server': { serverUrl: url, headers: { Authorization: 'Bearer cw_secret' } } },
  });
  expect(JSON.parse(codeOf('opencode')[0] ?? '').mcp['my-server']).toMatchObject({ type: 'remote', oauth: false });
  expect(parseYaml(codeOf('goose')[0] ?? '').extensions['my-server']).toMatchObject({
    type: 'streamable_http',
    uri: url,
    headers: { Authorization: 'Bearer cw_secret' },
  });
});

test('sends the token, not a header, with the requests of the two HTTP APIs', () => {
  const body = (key: string) =>
    JSON.parse(/-d '([\s\S]*)'$/.exec(guide('OAUTH', key).snippets[0]?.code ?? '')?.[1] ?? '');
  expect(body('messages-api')).toMatchObject({
    mcp_servers: [{ url, name: 'my-server', authorization_token: 'cw_secret' }],
    tools: [{ type: 'mcp_toolset', mcp_server_name: 'my-server' }],
  });
  expect(body('responses-api').tools).toMatchObject([{ server_url: url, authorization: 'cw_secret' }]);
});

test('names for each client the page that describes it, and the day on which its guide was last compared', () => {
  const guides = clientGuides({ name: 'x', url, token: null, access: 'TOKEN' });
  expect(new Set(guides.map(({ key }) => key)).size).toBe(guides.length);
  for (const { source } of guides) {
    expect(source.url).toMatch(/^https:/);
    expect(source.checked ?? '2026-11-30').toMatch(/^20\d\d-\d\d-\d\d$/);
  }
});

test('tells that an HTTP API in a cloud cannot reach this computer', () => {
  for (const key of ['messages-api', 'responses-api'])
    expect(guide('TOKEN', key, 'http://localhost:3000/api/mcp/x').steps).toContain('can’t reach this computer');
});

test('has Mastra wait for a server that has to wake: by itself it leaves the server out after three seconds', () => {
  expect(guide('TOKEN', 'mastra').snippets[0]?.code).toContain('connectTimeout: 60_000');
});
