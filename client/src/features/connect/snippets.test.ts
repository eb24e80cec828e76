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
