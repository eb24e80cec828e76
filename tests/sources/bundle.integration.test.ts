import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { makeZip, type Packed } from '#deploy/host/zip.testing.ts';
import { makeTestDatabase, type TestDatabase } from '#prisma/test-database.testing.ts';
import { catwalk, type RunOptions } from '../cli/run-catwalk.ts';
import { type RunningServer, startServer } from '../cli/run-server.ts';

let folder = '';
let server: RunningServer;
let database: TestDatabase;
let options: RunOptions = {};

const manifest = (name: string, more: object): Packed => ({
  path: 'manifest.json',
  data: JSON.stringify({
    manifest_version: '0.3',
    name,
    version: '1.2.3',
    description: 'A bundle.',
    author: { name: 'Ann' },
    ...more,
  }),
});

/** Answers with what it was started with, and with a word of a package that the bundle brings. */
const NODE_SERVER = `
import { createInterface } from 'node:readline';
import { word } from 'helper';
const { API_KEY, DATA } = process.env;
const answers = {
  initialize: ({ protocolVersion }) => ({ protocolVersion, capabilities: { tools: {} }, serverInfo: { name: 'b', version: '1' } }),
  'tools/list': () => ({ tools: [{ name: 'show', inputSchema: { type: 'object' } }] }),
  'tools/call': () => ({ content: [{ type: 'text', text: JSON.stringify([API_KEY, DATA.startsWith('/'), process.argv.slice(2), word]) }] }),
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

const PYTHON_SERVER = `
import json, sys
import helper
answers = {
    'initialize': lambda params: {'protocolVersion': params['protocolVersion'], 'capabilities': {'tools': {}}, 'serverInfo': {'name': 'b', 'version': '1'}},
    'tools/list': lambda params: {'tools': [{'name': 'show', 'inputSchema': {'type': 'object'}}]},
    'tools/call': lambda params: {'content': [{'type': 'text', 'text': helper.WORD}]},
    'ping': lambda params: {},
}
for line in sys.stdin:
    message = json.loads(line)
    if 'id' not in message:
        continue
    known = answers.get(message['method'])
    answer = {'result': known(message.get('params', {}))} if known else {'error': {'code': -32601, 'message': 'Unknown method'}}
    print(json.dumps({'jsonrpc': '2.0', 'id': message['id'], **answer}), flush=True)
`;
const LIB: Packed = { path: 'server/lib/helper.py', data: "WORD = 'from the bundle'\n" };
const PYTHONPATH = { PYTHONPATH: '${__dirname}/server/lib' };

const BUNDLES: Record<string, Packed[]> = {
  'node.mcpb': [
    manifest('node-bundle', {
      server: {
        type: 'node',
        entry_point: 'server/index.js',
        mcp_config: {
          command: 'node',
          args: ['${__dirname}/server/index.js', '--mode=${user_config.mode}', '${user_config.folders}'],
          env: { API_KEY: '${user_config.api_key}', DATA: '${__dirname}/data' },
        },
      },
      user_config: {
        api_key: { type: 'string', title: 'API key', description: 'The key.', sensitive: true, required: true },
        mode: { type: 'string', title: 'Mode', description: 'How.', default: 'fast' },
        folders: { type: 'directory', title: 'Folders', description: 'What.', multiple: true },
      },
    }),
    { path: 'package.json', data: '{"type":"module"}' },
    { path: 'server/index.js', data: NODE_SERVER },
    { path: 'node_modules/helper/package.json', data: '{"name":"helper","version":"1.0.0","type":"module"}' },
    { path: 'node_modules/helper/index.js', data: "export const word = 'bundled';" },
  ],
  'python.dxt': [
    manifest('python-bundle', {
      server: {
        type: 'python',
        entry_point: 'server/main.py',
        mcp_config: { command: 'python', args: ['${__dirname}/server/main.py'], env: PYTHONPATH },
      },
    }),
    { path: 'server/main.py', data: PYTHON_SERVER },
    LIB,
  ],
  'binary.mcpb': [
    manifest('binary-bundle', {
      server: {
        type: 'binary',
        entry_point: 'server/run',
        mcp_config: { command: '${__dirname}/server/run', args: [], env: PYTHONPATH },
      },
    }),
    { path: 'server/run', data: `#!/usr/bin/env python3\n${PYTHON_SERVER}`, mode: 0o755 },
    LIB,
  ],
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'catwalk-bundle-'));
  const dataDir = join(folder, 'data');
  database = await makeTestDatabase(dataDir);
  server = await startServer(dataDir, database.variables);
  for (const [name, files] of Object.entries(BUNDLES)) await writeFile(join(folder, name), makeZip(files));
  options = { cwd: folder, env: { CATWALK_DATA_DIR: dataDir, XDG_CONFIG_HOME: join(folder, 'config') } };
});
afterAll(async () => {
  await server?.stop();
  await database?.drop();
  await rm(folder, { recursive: true, force: true });
});

test.each([
  [
    'node.mcpb',
    ['--env', 'API_KEY=k', '--arg', 'folders=/a', '--arg', 'folders=/b'],
    JSON.stringify(['k', true, ['--mode=fast', '/a', '/b'], 'bundled']),
  ],
  ['python.dxt', [], 'from the bundle'],
  ['binary.mcpb', [], 'from the bundle'],
])('%s is deployed with its options and called', async (name, more, expected) => {
  const deployed = await catwalk(['deploy', `./${name}`, ...more, '--public', '--json'], options);
  const { status, endpointUrl } = JSON.parse(deployed.stdout);
  expect({ status, stderr: deployed.stderr }).toEqual({ status: 'RUNNING', stderr: '' });
  const client = new Client({ name: 'test', version: '1.0.0' });
  await client.connect(new StreamableHTTPClientTransport(new URL(endpointUrl)));
  onTestFinished(() => client.close());
  expect((await client.callTool({ name: 'show' })).content).toEqual([{ type: 'text', text: expected }]);
});

test('a file that is not a bundle is refused with a hint', async () => {
  await writeFile(join(folder, 'no.mcpb'), 'not a zip archive, whatever its name says');
  const { code, stderr } = await catwalk(['analyze', './no.mcpb'], options);
  expect(code).toBe(1);
  expect(stderr).toContain('The bundle cannot be read');
});
