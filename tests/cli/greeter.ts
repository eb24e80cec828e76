import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * An MCP server in a folder of its own, without dependencies, that needs GREETER_NAME; with GREETER_GATE, the path of a
 * folder, it answers nothing before a file `open` is there. GREETER_STRICT makes it exit for want of a variable that no
 * analysis can find.
 */
const SOURCE = `#!/usr/bin/env node
import { existsSync, watch } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
const { GREETER_NAME, GREETER_GATE, GREETER_STRICT } = process.env;
if (!GREETER_NAME) {
  console.error('Error: GREETER_NAME is required');
  process.exit(1);
}
const hidden = ['GREETER', 'LICENSE'].join('_');
if (GREETER_STRICT && !process.env[hidden]) {
  console.error('Error: ' + hidden + ' is required');
  process.exit(1);
}
console.error('greeter is here');
const open = GREETER_GATE && join(GREETER_GATE, 'open');
if (open && !existsSync(open)) {
  await new Promise((resolve) => {
    const watcher = watch(GREETER_GATE, () => existsSync(open) && (watcher.close(), resolve()));
    if (existsSync(open)) resolve();
  });
}
const answers = {
  initialize: ({ protocolVersion }) => ({
    protocolVersion,
    capabilities: { tools: {} },
    serverInfo: { name: 'greeter', version: '1.2.3' },
  }),
  'tools/list': () => ({ tools: [{ name: 'greet', description: 'Greets.', inputSchema: { type: 'object' } }] }),
  'tools/call': () => ({
    content: [{ type: 'text', text: ['Hello', GREETER_NAME, ...process.argv.slice(2)].join(' ') }],
  }),
  ping: () => ({}),
};
createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, method, params } = JSON.parse(line);
  if (id === undefined) return;
  const known = answers[method];
  const answer = known ? { result: known(params) } : { error: { code: -32601, message: 'Unknown method' } };
  process.stdout.write(JSON.stringify({ jsonrpc: '2.0', id, ...answer }) + '\\n');
});
`;

/** The greeter as a package for a registry on loopback. */
export const greeterPackage = (name: string) => ({
  manifest: {
    name,
    version: '1.2.3',
    description: 'An MCP server that greets.',
    keywords: ['mcp', 'mcp-server'],
    type: 'module',
    bin: { [name]: 'index.mjs' },
  },
  files: { 'index.mjs': SOURCE },
});

export async function writeGreeter(folder: string): Promise<void> {
  const { manifest } = greeterPackage('mcp-server-greeter');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'package.json'), JSON.stringify(manifest));
  await writeFile(join(folder, 'index.mjs'), SOURCE);
}
