import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** Tools: `meta` answers with its `_meta`, `fail` with an error, and `end` ends the server. */
const SERVER = `#!/usr/bin/env node
import { createInterface } from 'node:readline';

const NOTHING = { type: 'object', properties: {} };
const TOOLS = ['meta', 'fail', 'end'].map((name) => ({ name, description: 'For tests.', inputSchema: NOTHING }));
const says = (value, isError = false) => ({ content: [{ type: 'text', text: JSON.stringify(value ?? null) }], isError });

for await (const line of createInterface({ input: process.stdin })) {
  const { id, method, params } = JSON.parse(line);
  if (id === undefined) continue;
  const answer = (rest) => process.stdout.write(JSON.stringify({ jsonrpc: '2.0', id, ...rest }) + '\\n');
  if (method === 'initialize')
    answer({
      result: {
        protocolVersion: params.protocolVersion,
        capabilities: { tools: {} },
        serverInfo: { name: 'traced', version: '1.0.0' },
      },
    });
  else if (method === 'tools/list') answer({ result: { tools: TOOLS } });
  else if (method === 'ping') answer({ result: {} });
  else if (method !== 'tools/call') answer({ error: { code: -32601, message: 'Unknown method.' } });
  else if (params.name === 'end') process.exit(3);
  else if (params.name === 'fail') answer({ result: says('It failed.', true) });
  else answer({ result: says(params._meta) });
}
`;

/** Writes a server that shows what reaches it. */
export async function writeTracedServer(folder: string): Promise<void> {
  const manifest = { name: 'traced', version: '1.0.0', type: 'module', bin: 'server.mjs', keywords: ['mcp'] };
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, 'package.json'), JSON.stringify(manifest));
  await writeFile(path.join(folder, 'server.mjs'), SERVER, { mode: 0o755 });
}
