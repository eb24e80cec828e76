import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Answers a client of the legacy era with one tool. */
const SERVE = `
const { createInterface } = require('node:readline');
const answers = {
  initialize: ({ protocolVersion }) => ({ protocolVersion, capabilities: { tools: {} }, serverInfo: { name: 'small', version: '1.0.0' } }),
  'tools/list': () => ({ tools: [{ name: 'greet', description: 'Greets.', inputSchema: { type: 'object' } }] }),
};
const serve = () => createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, method, params } = JSON.parse(line);
  if (id === undefined) return;
  const answer = answers[method];
  console.log(JSON.stringify({ jsonrpc: '2.0', id, ...(answer ? { result: answer(params) } : { error: { code: -32601, message: 'Unknown method' } }) }));
});
`;

/** Small servers, each with one habit at its start. Names of variables are built, so that no reading finds them. */
export const SMALL_SERVERS = {
  'needs-nothing': `${SERVE} serve();`,
  'needs-variable': `${SERVE}
const wanted = ['ORBIT', 'TOKEN'].join('_');
if (!process.env[wanted]) { console.error('Error: ' + wanted + ' environment variable is required'); process.exit(1); }
serve();`,
  'needs-subcommand': `${SERVE}
if (process.argv[2] !== 'mcp') {
  console.log('Usage: orbit [options] [command]\\n\\nCommands:\\n  login           Sign in\\n  mcp [options]   Start the MCP server\\n  help [command]  display help for command');
  process.exit(0);
}
serve();`,
  'refuses-dummies': `
const wanted = ['ORBIT', 'TOKEN'].join('_');
console.error(process.env[wanted] ? 'Error: Invalid ' + wanted : 'Error: ' + wanted + ' is required');
process.exit(1);`,
  'never-answers': `process.stdin.resume(); setInterval(() => {}, 1000);`,
  floods: `process.stdin.resume();
const line = 'noise '.repeat(200) + '\\n';
const pour = () => { while (process.stderr.write(line)); process.stderr.once('drain', pour); };
pour();`,
} as const;

export type SmallServer = keyof typeof SMALL_SERVERS;

/** Writes the program of a small server into a folder, and returns its path. */
export const writeSmallServer = async (folder: string, name: SmallServer): Promise<string> => {
  const path = join(folder, `${name}.cjs`);
  await writeFile(path, `#!/usr/bin/env node\n${SMALL_SERVERS[name]}`);
  return path;
};
