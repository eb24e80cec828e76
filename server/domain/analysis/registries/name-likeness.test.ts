import { expect, test } from 'vitest';
import { closestKnownPackage, editDistance, suggestKnownPackage } from './name-likeness.ts';

test.each([
  ['firecrawl-mpc', 'firecrawl-mcp'],
  ['fircrawl-mcp', 'firecrawl-mcp'],
  ['tavliy-mcp', 'tavily-mcp'],
  ['@strpe/mcp', '@stripe/mcp'],
  ['@modelcontextprotocol/server-filesytem', '@modelcontextprotocol/server-filesystem'],
  ['@modelcontextprotcol/server-memory', '@modelcontextprotocol/server-memory'],
])('%s is a likely typing error of %s', (name, known) => {
  expect(closestKnownPackage(name)).toBe(known);
});

test.each([
  ['@vendor/mcp'],
  ['@vendor/mcp-server'],
  ['@acme/mcp'],
  ['@linear/mcp-server'],
  ['@axiom/mcp'],
  ['hexa-mcp-server'],
  ['eva-mcp-server'],
  ['firecrawl-mcp'],
  ['@stripe/mcp'],
  ['mcp'],
])('%s is not accused of being a typing error', (name) => {
  expect(closestKnownPackage(name)).toBeNull();
});

test('suggests the scope that was left out, but not for a name that any vendor could use', () => {
  expect(suggestKnownPackage('server-memory')).toBe('@modelcontextprotocol/server-memory');
  expect(suggestKnownPackage('@vendor/mcp')).toBeNull();
  expect(suggestKnownPackage('mcp-server')).toBeNull();
});

test('counts an adjacent swap as one edit and gives up beyond the limit', () => {
  expect(editDistance('abcd', 'abdc', 2)).toBe(1);
  expect(editDistance('abcd', 'wxyz', 2)).toBe(3);
});
