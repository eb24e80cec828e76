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

const ofFiles = (texts: Record<string, string>, entry: string) =>
  verdictOf({
    name: 'acme-mcp',
    description: 'An MCP tool',
    bins: { 'acme-mcp': entry },
    dependencies: SDK,
    keywords: [],
    mcpName: null,
    entry,
    files: {
      files: Object.entries(texts).map(([path, text]) => ({ path, text })),
      paths: Object.keys(texts),
      truncated: false,
    },
  });

test('the tool of a library for building servers is no server', () => {
  const library = 'export class Acme { async start() { server.connect(new StdioServerTransport()); } }';
  const readme = '```ts\nimport { Acme } from "acme-mcp";\n```\n';
  const tool = 'await execa("npx", ["tsx", file], { stdio: "inherit" });';
  expect(ofFiles({ 'README.md': readme, 'bin.js': tool, 'index.js': library }, 'bin.js')).toBe('LIBRARY');
  // a server that can be imported as well
  const server = 'import { Acme } from "./index.js";\nnew Acme().start();';
  expect(ofFiles({ 'README.md': readme, 'bin.js': server, 'index.js': library }, 'bin.js')).toBe('MCP_SERVER');
  // a command that starts the server as a process of its own
  const wrapper = 'spawn(process.execPath, [join(here, "index.js")], { stdio: "inherit" });';
  expect(ofFiles({ 'README.md': readme, 'bin.js': wrapper, 'index.js': library }, 'bin.js')).toBe('MCP_SERVER');
});

test('a program with several commands that calls servers is none, though it can relay one', () => {
  const code =
    'import { Client } from "@modelcontextprotocol/sdk/client/index.js";\nserver.connect(new StdioServerTransport());';
  const lines = (commands: string[]) =>
    `\`\`\`sh\n${commands.map((one) => `npx acme-mcp ${one}`).join('\n')}\n\`\`\`\n`;
  const calls = ['list', 'call linear.search', 'auth linear'];
  const settings = '```json\n{ "mcpServers": { "acme": { "command": "npx", "args": ["acme-mcp"] } } }\n```\n';
  expect(ofFiles({ 'README.md': lines(calls), 'index.js': code }, 'index.js')).toBe('NOT_MCP');
  expect(ofFiles({ 'README.md': lines([...calls, 'serve']), 'index.js': code }, 'index.js')).toBe('MCP_SERVER');
  expect(ofFiles({ 'README.md': lines(calls) + settings, 'index.js': code }, 'index.js')).toBe('MCP_SERVER');
});

test('a program that starts the server which its caller names, and serves HTTP for it, is no server', () => {
  const code =
    'import { Client } from "@modelcontextprotocol/sdk/client/index.js";\nimport { StdioServerTransport } from "./x.js";\nyargs(words).command("$0 <command> [args...]", "Runs a command");';
  const line = '```sh\nnpx acme-mcp --port 8080 node server.js\n```\n';
  const settings =
    '```json\n{ "mcpServers": { "acme": { "command": "npx", "args": ["acme-mcp", "node", "server.js"] } } }\n```\n';
  expect(ofFiles({ 'README.md': line, 'index.js': code }, 'index.js')).toBe('NOT_MCP');
  // clients start it over stdio
  expect(ofFiles({ 'README.md': line + settings, 'index.js': code }, 'index.js')).toBe('MCP_SERVER');
  expect(ofFiles({ 'README.md': line, 'index.js': code.replace('<command> [args...]', '<url>') }, 'index.js')).toBe(
    'MCP_SERVER',
  );
});
