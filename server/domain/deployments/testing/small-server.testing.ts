import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { PackageSpec } from '#deploy/host/package-spec.ts';
import { packFolder } from '#server/domain/analysis/files/archive.ts';

/** A stdio MCP server of a few lines and no dependencies, with one tool of the given name. */
export const minimalServer = (tool: string): string => `
import { createInterface } from 'node:readline';
const send = (message) => process.stdout.write(JSON.stringify({ jsonrpc: '2.0', ...message }) + '\\n');
const answers = {
  initialize: ({ protocolVersion }) => ({ protocolVersion, capabilities: { tools: {} }, serverInfo: { name: '${tool}', version: '1' } }),
  ping: () => ({}),
  'tools/list': () => ({ tools: [{ name: '${tool}', description: 'One tool', inputSchema: { type: 'object' } }] }),
  'tools/call': () => ({ content: [{ type: 'text', text: String(process.pid) }] }),
};
createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, method, params } = JSON.parse(line);
  if (method === 'tools/call' && params.name === 'exit') process.exit(3);
  if (id === undefined) return;
  const answer = answers[method];
  send(answer ? { id, result: answer(params) } : { id, error: { code: -32601, message: 'Method not found' } });
});
`;

/** A server of both eras of MCP: the first message decides which one a process serves. */
export const dualServer = (tool: string): string => `
import { createInterface } from 'node:readline';
const send = (message) => process.stdout.write(JSON.stringify({ jsonrpc: '2.0', ...message }) + '\\n');
const cached = { resultType: 'complete', ttlMs: 0, cacheScope: 'private' };
const tools = [{ name: '${tool}', description: 'One tool', inputSchema: { type: 'object' } }];
const serverInfo = { name: '${tool}', version: '1' };
const eras = {
  legacy: {
    initialize: ({ protocolVersion }) => ({ protocolVersion, capabilities: { tools: {} }, serverInfo }),
    ping: () => ({}),
    'tools/list': () => ({ tools }),
  },
  modern: {
    'server/discover': () => ({ ...cached, supportedVersions: ['2026-07-28'], capabilities: { tools: {} }, serverInfo }),
    'tools/list': () => ({ ...cached, tools }),
  },
};
let answers = null;
createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, method, params } = JSON.parse(line);
  if (id === undefined) return;
  answers ??= method === 'initialize' ? eras.legacy : eras.modern;
  const answer = answers[method];
  send(answer ? { id, result: answer(params) } : { id, error: { code: -32601, message: 'Method not found' } });
});
`;

/** A server that supports the stateless protocol alone, without `initialize`. */
export const statelessServer = (tool: string): string => `
import { createInterface } from 'node:readline';
const send = (message) => process.stdout.write(JSON.stringify({ jsonrpc: '2.0', ...message }) + '\\n');
const cached = { resultType: 'complete', ttlMs: 0, cacheScope: 'private' };
const answers = {
  'server/discover': () => ({ ...cached, supportedVersions: ['2026-07-28'], capabilities: { tools: {} }, serverInfo: { name: '${tool}', version: '1' } }),
  'tools/list': () => ({ ...cached, tools: [{ name: '${tool}', description: 'One tool', inputSchema: { type: 'object' } }] }),
};
createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, method, params } = JSON.parse(line);
  if (id === undefined) return;
  const answer = answers[method];
  send(answer ? { id, result: answer(params) } : { id, error: { code: -32601, message: 'Method not found' } });
});
`;

/** Packs a program as a package, as the deployment of a folder does. */
export async function packServer(dataDir: string, name: string, program: string): Promise<PackageSpec> {
  const folder = path.join(dataDir, 'servers', name);
  await mkdir(folder, { recursive: true });
  const manifest = { name, version: '1.0.0', type: 'module', bin: { [name]: 'server.js' } };
  await writeFile(path.join(folder, 'package.json'), JSON.stringify(manifest));
  await writeFile(path.join(folder, 'server.js'), `#!/usr/bin/env node\n${program}`, { mode: 0o755 });
  const archive = await packFolder(folder, dataDir, AbortSignal.timeout(10_000));
  return { runtime: 'archive', path: archive.path, integrity: archive.integrity };
}
