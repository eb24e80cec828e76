import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** An MCP server of a service with accounts: its key says whose. It installs at once and needs no network. */
const SERVER = `#!/usr/bin/env node
import { createInterface } from 'node:readline';

// Create a key at https://accounts.example/settings/tokens
const key = process.env.ACCOUNT_TOKEN;
if (!key) {
  console.error('Error: ACCOUNT_TOKEN environment variable is required');
  process.exit(1);
}
const account = key.split('-')[0];
const tool = { name: 'whoami', description: 'Names the account of the key.', inputSchema: { type: 'object' } };
const answers = {
  initialize: ({ protocolVersion }) => ({
    protocolVersion,
    capabilities: { tools: {} },
    serverInfo: { name: 'accounts', version: '1.0.0' },
  }),
  ping: () => ({}),
  'tools/list': () => ({ tools: [tool] }),
  'tools/call': () => ({ content: [{ type: 'text', text: 'Account of ' + account }] }),
};
createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, method, params } = JSON.parse(line);
  if (id === undefined) return;
  const answer = answers[method];
  const said = answer ? { result: answer(params) } : { error: { code: -32601, message: 'Method not found' } };
  process.stdout.write(JSON.stringify({ jsonrpc: '2.0', id, ...said }) + '\\n');
});
`;

const README = `# Accounts

Set \`ACCOUNT_TOKEN\` to a personal access token of your account. [Create one](https://accounts.example/settings/tokens).
`;

/** Writes the server below a folder and returns its path, which is a source. */
export async function writeAccountsServer(parent: string): Promise<string> {
  const folder = path.join(parent, 'accounts-mcp-server');
  await mkdir(folder, { recursive: true });
  const manifest = {
    name: 'accounts-mcp-server',
    version: '1.0.0',
    description: 'Names the account of a key.',
    keywords: ['mcp', 'mcp-server'],
    type: 'module',
    bin: { 'accounts-mcp-server': 'server.js' },
  };
  await writeFile(path.join(folder, 'package.json'), JSON.stringify(manifest, null, 2));
  await writeFile(path.join(folder, 'server.js'), SERVER);
  await writeFile(path.join(folder, 'README.md'), README);
  return folder;
}
