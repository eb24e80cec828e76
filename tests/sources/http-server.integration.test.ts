import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { makeTestDatabase, type TestDatabase } from '#prisma/test-database.testing.ts';
import { catwalk, type RunOptions } from '../cli/run-catwalk.ts';
import { type RunningServer, startServer } from '../cli/run-server.ts';

const FIXTURE = fileURLToPath(new URL('../fixtures/http/server.ts', import.meta.url));

let folder = '';
let server: RunningServer;
let database: TestDatabase;
let options: RunOptions = {};

/** A package with a server of the official SDK and Express in one file, as authors publish them. */
const writePackage = async (path: string): Promise<void> => {
  await mkdir(path);
  await build({
    entryPoints: [FIXTURE],
    bundle: true,
    platform: 'node',
    format: 'cjs',
    outfile: join(path, 'index.cjs'),
  });
  const manifest = {
    name: 'http-only-mcp',
    version: '1.0.0',
    description: 'An MCP server that serves HTTP.',
    bin: 'index.cjs',
    files: ['index.cjs'],
  };
  await writeFile(join(path, 'package.json'), JSON.stringify(manifest));
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'catwalk-http-server-'));
  const dataDir = join(folder, 'data');
  database = await makeTestDatabase(dataDir);
  server = await startServer(dataDir, database.variables);
  await writePackage(join(folder, 'http-only'));
  options = { cwd: folder, env: { CATWALK_DATA_DIR: dataDir, XDG_CONFIG_HOME: join(folder, 'config') } };
});
afterAll(async () => {
  await server?.stop();
  await database?.drop();
  await rm(folder, { recursive: true, force: true });
});

test('a server that serves HTTP alone is recognized, deployed and called', async () => {
  const analyzed = await catwalk(['analyze', './http-only', '--json'], options);
  const { candidates } = JSON.parse(analyzed.stdout);
  expect(candidates).toMatchObject([{ deployable: true, transport: 'HTTP' }]);
  expect(candidates[0].credentials.map(({ name }: { name: string }) => name)).not.toContain('PORT');

  const deployed = await catwalk(['deploy', './http-only', '--json'], options);
  const { status, endpointUrl, accessToken, tools } = JSON.parse(deployed.stdout);
  expect({ status, stderr: deployed.stderr }).toEqual({ status: 'RUNNING', stderr: '' });
  expect(tools.map(({ name }: { name: string }) => name)).toContain('greet');

  const client = new Client({ name: 'test', version: '1.0.0' });
  const requestInit = { headers: { Authorization: `Bearer ${accessToken}` } };
  await client.connect(new StreamableHTTPClientTransport(new URL(endpointUrl), { requestInit }));
  onTestFinished(() => client.close());
  const { content } = await client.callTool({ name: 'greet', arguments: { name: 'Ada' } });
  expect(content).toEqual([{ type: 'text', text: 'Grüß dich, Ada!' }]);
});
