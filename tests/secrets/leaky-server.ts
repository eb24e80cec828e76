import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

/**
 * An MCP server that tells everything it knows, on both of its streams, in every shape, at its start and at each call.
 * With LEAKY_FAIL it exits right after.
 */
const SOURCE = `#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
const { values } = parseArgs({ options: { 'api-token': { type: 'string' }, more: { type: 'string' } }, strict: false });
const { LEAKY_KEY, LEAKY_KEY_FILE, LEAKY_FAIL } = process.env;
const extra = process.env[['LEAKY', 'EXTRA'].join('_')]; // what no analysis finds
const known = [LEAKY_KEY, extra, values['api-token'], process.argv.slice(2).join(' ')].filter(Boolean);
if (LEAKY_KEY_FILE) known.push(readFileSync(LEAKY_KEY_FILE, 'utf8'));
const tell = () => {
  for (const value of known) {
    console.error('I was given ' + value + ', ' + encodeURIComponent(value));
    console.error(JSON.stringify({ value, basic: Buffer.from(value).toString('base64') }));
    process.stdout.write('not JSON at all: ' + value + '\\n');
  }
};
tell();
if (LEAKY_FAIL) {
  console.error('Error: ' + LEAKY_KEY + ' is not accepted');
  process.exit(1);
}
const answers = {
  initialize: ({ protocolVersion }) => ({
    protocolVersion,
    capabilities: { tools: {} },
    serverInfo: { name: 'leaky', version: '1.0.0' },
  }),
  'tools/list': () => ({
    tools: [{ name: 'work', description: 'Works with ' + known.join(', '), inputSchema: { type: 'object' } }],
  }),
  'tools/call': () => ({ content: [{ type: 'text', text: 'done' }] }),
  ping: () => ({}),
};
createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, method, params } = JSON.parse(line);
  if (id === undefined) return;
  if (method === 'tools/call') tell();
  const known = answers[method];
  const answer = known ? { result: known(params) } : { error: { code: -32601, message: 'Unknown method' } };
  process.stdout.write(JSON.stringify({ jsonrpc: '2.0', id, ...answer }) + '\\n');
});
`;

const SERVER_JSON = {
  $schema: 'https://static.modelcontextprotocol.io/schemas/2025-09-29/server.schema.json',
  name: 'io.github.example/leaky',
  description: 'Tells everything it knows.',
  version: '1.0.0',
  packages: [
    {
      registryType: 'npm',
      identifier: 'mcp-server-leaky',
      version: '1.0.0',
      transport: { type: 'stdio' },
      environmentVariables: [
        { name: 'LEAKY_KEY', isRequired: true, isSecret: true },
        { name: 'LEAKY_KEY_FILE', description: 'Path of a file with a key', isSecret: false, format: 'filepath' },
      ],
      packageArguments: [{ type: 'named', name: '--api-token', isSecret: true, isRequired: true }],
    },
  ],
};

export async function writeLeakyServer(folder: string): Promise<void> {
  const manifest = {
    name: 'mcp-server-leaky',
    version: '1.0.0',
    mcpName: 'io.github.example/leaky',
    description: 'An MCP server that tells everything it knows.',
    keywords: ['mcp', 'mcp-server'],
    type: 'module',
    bin: { 'mcp-server-leaky': 'index.mjs' },
  };
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, 'package.json'), JSON.stringify(manifest));
  await writeFile(path.join(folder, 'server.json'), JSON.stringify(SERVER_JSON));
  await writeFile(path.join(folder, 'index.mjs'), SOURCE);
}
