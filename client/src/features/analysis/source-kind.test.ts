import { expect, test } from 'vitest';
import { guessSourceKind } from './source-kind.ts';

test.each([
  ['', null],
  ['@modelcontextprotocol/server-everything', 'npm package'],
  ['firecrawl-mcp@3.1.0', 'npm package'],
  ['@modelcontext', null],
  ['https://github.com/upstash/context7/tree/master/packages/mcp', 'GitHub repository'],
  ['upstash/context7', 'GitHub repository'],
  ['pypi:mcp-server-time', 'PyPI package'],
  ['io.github.upstash/context7', 'registry name'],
  ['./my-server', 'folder on this computer'],
  ['../dist/my-server-1.0.0.tgz', 'tarball on this computer'],
  ['npx -y firecrawl-mcp', 'command'],
  ['{ "mcpServers": {} }', 'mcpServers config'],
  ['what is this', null],
])('%s looks like %s', (text, kind) => expect(guessSourceKind(text)).toBe(kind));
