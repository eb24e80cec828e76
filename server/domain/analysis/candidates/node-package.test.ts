import { expect, test } from 'vitest';
import { verdictOf } from './node-package.ts';

const verdict = (text: string, dependencies: string[] = []) =>
  verdictOf({
    name: 'weather-mcp',
    description: 'An MCP tool',
    bins: { 'weather-mcp': 'index.js' },
    dependencies,
    keywords: [],
    mcpName: null,
    files: { files: [{ path: 'index.js', text }], paths: ['index.js'], truncated: false },
  });
const SDK = ['@modelcontextprotocol/sdk'];

test.each([
  ['a server', 'import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";', SDK, 'MCP_SERVER'],
  ['a client', 'import { Client } from "@modelcontextprotocol/sdk/client/index.js";', SDK, 'NOT_MCP'],
  [
    'an installer',
    'settings.mcpServers[name] = entry; fs.writeFileSync(path, JSON.stringify(settings));',
    [],
    'NOT_MCP',
  ],
  ['the wrapper of a binary', 'spawn(binary, args, { stdio: "inherit" });', [], 'MCP_SERVER'],
  ['a program that only has the name', 'net.createServer((socket) => socket.end()).listen(8099);', [], 'NOT_MCP'],
  [
    'a server that offers to install itself',
    'settings.mcpServers = {}; fs.writeFileSync(p, s); server.connect(new StdioServerTransport());',
    SDK,
    'MCP_SERVER',
  ],
  [
    'a proxy between a client and a server',
    'import { Client } from "@modelcontextprotocol/sdk/client/index.js"; import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";',
    SDK,
    'MCP_SERVER',
  ],
])('recognizes %s', (_, text, dependencies, expected) => expect(verdict(text, dependencies)).toBe(expected));
