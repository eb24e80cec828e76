import { expect, test } from 'vitest';
import { CLIENTS, clientSetup, type EndpointFacts, USUAL_CLIENTS } from './client-setup.ts';

const endpoint: EndpointFacts = {
  name: '@scope/My Server',
  url: 'https://catwalk.example/api/mcp/0b1',
  access: 'OAUTH',
  token: null,
};

test('prints no token under OAuth, and the one that a person gave', () => {
  const command = 'claude mcp add --transport http my-server https://catwalk.example/api/mcp/0b1';
  expect(clientSetup('claude-code', endpoint).snippet).toBe(command);
  expect(clientSetup('claude-code', { ...endpoint, token: 'cwt_x' }).snippet).toBe(
    `${command} --header "Authorization: Bearer cwt_x"`,
  );
});

test('begins with the text that a person needs: a bridge where the connectors of Claude cannot be used', () => {
  expect(clientSetup('claude', endpoint).snippet).toBe(endpoint.url);
  expect(clientSetup('claude', { ...endpoint, access: 'TOKEN' }).snippet).toContain('mcp-remote');
  expect(clientSetup('claude', { ...endpoint, url: 'http://localhost:3000/api/mcp/0b1' }).snippet).toContain(
    'mcp-remote',
  );
});

test('knows every usual client', () => {
  expect(CLIENTS).toEqual(expect.arrayContaining([...USUAL_CLIENTS]));
});
