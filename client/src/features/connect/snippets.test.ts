import { expect, test } from 'vitest';
import { clientGuides, isLocalUrl, slugOf } from './snippets.ts';

const url = 'https://catwalk.example/api/mcp/2f0c7c1e-5a2b-4b59-9f6e-0b8f4f5f8a11';
const guide = (access: 'TOKEN' | 'OAUTH' | 'PUBLIC', key: string, at = url) => {
  const found = clientGuides({ name: 'My Server!', url: at, token: 'cw_secret', access }).find(
    (one) => one.key === key,
  );
  if (!found) throw new Error(`no guide for ${key}`);
  return found;
};

test('a name becomes a key that every configuration accepts', () => {
  expect(slugOf('My Server! (v2)')).toBe('my-server-v2');
  expect(slugOf('日本')).toBe('server');
});

test('the token is in the header of every client that can send one', () => {
  expect(guide('TOKEN', 'claude-code').snippets[0]?.code).toBe(
    `claude mcp add --transport http my-server ${url} --header "Authorization: Bearer cw_secret"`,
  );
  expect(JSON.parse(guide('TOKEN', 'cursor').snippets[0]?.code ?? '')).toEqual({
    mcpServers: { 'my-server': { url, headers: { Authorization: 'Bearer cw_secret' } } },
  });
});

test('a public endpoint needs no header', () => {
  expect(JSON.stringify(clientGuides({ name: 'x', url, token: null, access: 'PUBLIC' }))).not.toContain(
    'Authorization',
  );
});

test('deep links carry the same configuration as the snippet', () => {
  const href = guide('TOKEN', 'cursor').deepLink?.href ?? '';
  const config = new URL(href).searchParams.get('config') ?? '';
  expect(JSON.parse(atob(config))).toEqual({ url, headers: { Authorization: 'Bearer cw_secret' } });
});

test('clients in a cloud are told when they cannot reach the address, or cannot send the token', () => {
  expect(isLocalUrl('http://localhost:3000/api/mcp/x')).toBe(true);
  expect(isLocalUrl(url)).toBe(false);
  expect(guide('TOKEN', 'claude', 'http://127.0.0.1:3000/api/mcp/x').steps).toContain('cannot reach this computer');
  expect(guide('TOKEN', 'chatgpt').steps).toContain('OAuth');
  expect(guide('OAUTH', 'claude').steps).toContain('Add custom connector');
});

test('with OAuth no client is given a token: each asks for its own', () => {
  for (const key of ['claude-code', 'cursor', 'vscode', 'claude', 'chatgpt']) {
    const { snippets, deepLink } = guide('OAUTH', key);
    expect(JSON.stringify([snippets, deepLink])).not.toMatch(/Authorization|cw_secret/);
  }
  expect(guide('OAUTH', 'claude-code').steps).toContain('Authenticate');
  expect(guide('OAUTH', 'other').snippets.find(({ label }) => label === 'curl')?.code).toContain('cw_secret');
});

test('a local bridge gets the token without a space in its arguments', () => {
  const desktop = guide('TOKEN', 'claude').snippets.find(({ label }) => label === 'claude_desktop_config.json');
  const { args, env } = JSON.parse(desktop?.code ?? '').mcpServers['my-server'];
  expect(args.join('|')).not.toContain(' ');
  expect(env).toEqual({ AUTHORIZATION: 'Bearer cw_secret' });
});

test('links into a cloud are there only where they lead to something that works', () => {
  expect(guide('OAUTH', 'claude').deepLink?.href).toContain('claude.ai');
  expect(guide('TOKEN', 'claude').deepLink).toBeUndefined();
  expect(guide('OAUTH', 'chatgpt', 'http://localhost:3000/api/mcp/x').deepLink).toBeUndefined();
});

test('the local bridge is told to accept an address without TLS, where there is one', () => {
  const argsOf = (at: string) => guide('OAUTH', 'claude', at).snippets[1]?.code;
  expect(argsOf('http://192.168.1.5:3000/api/mcp/x')).toContain('--allow-http');
  expect(argsOf('http://localhost:3000/api/mcp/x')).not.toContain('--allow-http');
  expect(argsOf(url)).not.toContain('--allow-http');
});
