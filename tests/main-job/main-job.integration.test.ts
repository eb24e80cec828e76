import { execFile } from 'node:child_process';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeTestDatabase, type TestDatabase } from '#prisma/test-database.testing.ts';
import { untilAnswer } from '../until-answer.ts';
import { type Endpoint, useWithV1, useWithV2 } from './clients.ts';
import {
  catwalk,
  findProcesses,
  makeDataDir,
  removeDataDir,
  type ServerProcess,
  startServer,
} from './server-process.ts';

type Deployed = Endpoint & { id: string; databaseId: string; status: string; tools: { name: string }[] };
type Listed = { databaseId: string; status: string; phase: string | null }[];

let dataDir: string;
let database: TestDatabase;
let server: ServerProcess;
const deploy = async (...args: string[]) => (await catwalk(dataDir, ['deploy', ...args])) as Deployed;
const list = async () => (await catwalk(dataDir, ['ls'])) as Listed;

beforeAll(async () => {
  dataDir = await makeDataDir();
  database = await makeTestDatabase(dataDir);
  server = await startServer(dataDir, database.variables);
});
afterAll(async () => {
  await server.kill('SIGTERM');
  expect(await findProcesses(dataDir)).toEqual([]);
  await removeDataDir(dataDir);
  await rm(`${dataDir}-shared`, { recursive: true, force: true });
  await database.drop();
});

describe('from the paste to the tool call', { timeout: 170_000 }, () => {
  let everything: Deployed;

  it('deploys server-everything; both official clients list and call its tools', async () => {
    everything = await deploy('@modelcontextprotocol/server-everything');
    expect(everything.status).toBe('RUNNING');
    const call = { name: 'echo', arguments: { message: 'hello' } };
    for (const use of [useWithV2, useWithV1]) {
      const heard = await use(everything, call);
      expect(heard.tools).toContain('get-sum');
      expect(heard.content).toEqual([{ type: 'text', text: 'Echo: hello' }]);
    }
  });

  it('lets the inspector in', async () => {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [
        'node_modules/@modelcontextprotocol/inspector/clients/launcher/build/index.js',
        ...['--cli', '--server-url', everything.endpointUrl, '--transport', 'http', '--method', 'tools/list'],
        ...['--header', `Authorization: Bearer ${everything.accessToken}`],
      ],
      { timeout: 60_000 },
    );
    expect(stdout).toContain('get-sum');
  });

  it.each([
    ['server-memory', ['@modelcontextprotocol/server-memory'], { name: 'read_graph', arguments: {} }],
    [
      'server-sequential-thinking',
      ['@modelcontextprotocol/server-sequential-thinking'],
      {
        name: 'sequentialthinking',
        arguments: { thought: 'One', nextThoughtNeeded: false, thoughtNumber: 1, totalThoughts: 1 },
      },
    ],
    ['context7', ['@upstash/context7-mcp'], null],
    ['firecrawl', ['firecrawl-mcp', '--env', 'FIRECRAWL_API_KEY=x'], null],
  ] as const)('deploys %s', async (_name, args, call) => {
    const deployed = await deploy(...args);
    expect(deployed.status).toBe('RUNNING');
    // Those that need the network answer that it is away: an answer all the same.
    const first = call ?? { name: deployed.tools[0]?.name ?? '', arguments: {} };
    const heard = await useWithV2(deployed, first).catch((error: Error) => ({ content: error.message, isError: true }));
    expect(heard.content).toBeTruthy();
    if (call) expect(heard.isError).toBe(false);
  });

  it('deploys server-filesystem with its directory', async () => {
    const folder = `${dataDir}-shared`; // a server in a box is never shown the data folder
    await mkdir(folder);
    await writeFile(path.join(folder, 'note.txt'), 'found');
    const deployed = await deploy('@modelcontextprotocol/server-filesystem', '--arg', `allowed-directory=${folder}`);
    const heard = await useWithV2(deployed, {
      name: 'read_text_file',
      arguments: { path: path.join(folder, 'note.txt') },
    });
    expect(JSON.stringify(heard.content)).toContain('found');
  });

  it('deploys a local folder that has no more than a main', async () => {
    const folder = path.join(dataDir, 'my-server');
    await mkdir(folder);
    await writeFile(path.join(folder, 'package.json'), JSON.stringify({ main: 'server.cjs' }));
    await writeFile(
      path.join(folder, 'server.cjs'),
      `require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
        const { id, method, params } = JSON.parse(line);
        const result = {
          initialize: { protocolVersion: params?.protocolVersion, capabilities: { tools: {} }, serverInfo: { name: 'mine', version: '1' } },
          'tools/list': { tools: [{ name: 'mine', inputSchema: { type: 'object' } }] },
          'tools/call': { content: [{ type: 'text', text: 'my own' }] },
        }[method] ?? {};
        if (id !== undefined) process.stdout.write(JSON.stringify({ jsonrpc: '2.0', id, result }) + '\\n');
      });`,
    );
    const deployed = await deploy(folder);
    const heard = await useWithV2(deployed, { name: 'mine', arguments: {} });
    expect(heard.content).toEqual([{ type: 'text', text: 'my own' }]);
  });

  it('survives kill -9: nothing is left running, and the same endpoint and token answer after the next start', async () => {
    await server.kill('SIGKILL');
    await untilAnswer(
      () => findProcesses(dataDir),
      (found) => found.length === 0,
    );
    server = await startServer(dataDir, { ...database.variables, PORT: new URL(everything.endpointUrl).port });
    await untilAnswer(list, (rows) => rows.length > 0 && rows.every(({ status }) => status === 'RUNNING'));
    const heard = await useWithV2(everything, { name: 'echo', arguments: { message: 'again' } });
    expect(heard.content).toEqual([{ type: 'text', text: 'Echo: again' }]);
  });

  it('survives kill -9 in the middle of an installation: the deployment comes up with one machine', async () => {
    const folder = `allowed-directory=${dataDir}-shared`;
    const deploying = deploy('@modelcontextprotocol/server-filesystem@2025.8.21', '--arg', folder);
    await untilAnswer(list, (rows) => rows.some(({ phase }) => phase === 'INSTALLING'));
    const before = await list();
    await server.kill('SIGKILL');
    server = await startServer(dataDir, { ...database.variables, PORT: new URL(everything.endpointUrl).port });
    // The command waits for its server to come back, and sees the deployment through.
    expect((await deploying).status).toBe('RUNNING');
    const after = await untilAnswer(list, (rows) => rows.every(({ status }) => status === 'RUNNING'));
    expect(after.map(({ databaseId }) => databaseId).toSorted()).toEqual(
      before.map(({ databaseId }) => databaseId).toSorted(),
    );
    // Every machine has a folder as long as it lives.
    expect(await readdir(path.join(dataDir, 'machines'))).toHaveLength(after.length);
  });
});
