import { describe, expect, test } from 'vitest';
import { CLIENTS, clientNameFor, clientSetup, type EndpointFacts } from './client-setup.ts';

const endpoint: EndpointFacts = {
  name: '@scope/My Server',
  url: 'https://catwalk.example/api/mcp/0b1',
  access: 'TOKEN',
  token: 'cwt_x',
};

const parsed = (client: Parameters<typeof clientSetup>[0], facts = endpoint) =>
  JSON.parse(clientSetup(client, facts).snippet ?? 'null');

describe('the snippet', () => {
  test('Claude Code takes one command', () => {
    expect(clientSetup('claude-code', endpoint).snippet).toBe(
      'claude mcp add --transport http my-server https://catwalk.example/api/mcp/0b1 --header "Authorization: Bearer cwt_x"',
    );
  });

  test('Cursor sends the header', () => {
    expect(parsed('cursor')).toEqual({
      mcpServers: { 'my-server': { url: endpoint.url, headers: { Authorization: 'Bearer cwt_x' } } },
    });
  });

  test('VS Code prompts for the token and does not store it', () => {
    expect(clientSetup('vscode', endpoint).snippet).not.toContain('cwt_x');
    expect(parsed('vscode')).toMatchObject({
      inputs: [{ type: 'promptString', id: 'my-server-token', password: true }],
      servers: { 'my-server': { type: 'http', headers: { Authorization: `Bearer \${input:my-server-token}` } } },
    });
  });

  test('Claude takes the address alone if its connectors can reach and call it', () => {
    expect(clientSetup('claude', { ...endpoint, access: 'OAUTH', token: null }).snippet).toBe(endpoint.url);
  });

  test('Claude uses a bridge if a token is required or the address is private', () => {
    expect(parsed('claude')).toMatchObject({
      mcpServers: { 'my-server': { command: 'npx', env: { AUTHORIZATION: 'Bearer cwt_x' } } },
    });
    const here = { ...endpoint, url: 'http://localhost:3000/api/mcp/0b1', access: 'PUBLIC' as const, token: null };
    expect(parsed('claude', here).mcpServers['my-server'].args).toContain('--allow-http');
  });

  test.each(CLIENTS)('of %s names no token for a public endpoint', (client) => {
    const { snippet } = clientSetup(client, { ...endpoint, access: 'PUBLIC', token: null });
    expect(snippet).toContain(endpoint.url);
    expect(snippet).not.toMatch(/authorization/i);
  });
});

test.each([
  ['@modelcontextprotocol/server-everything', 'server-everything'],
  ['Ünïcode  Name!', 'unicode-name'],
  ['日本', 'catwalk'],
])('the name %s becomes %s, which every client accepts', (name, slug) => {
  expect(clientNameFor(name)).toBe(slug);
});
