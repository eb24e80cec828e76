import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { makeTestDatabase, type TestDatabase } from '#prisma/test-database.testing.ts';
import { catwalk, type RunOptions, startCatwalk } from '../cli/run-catwalk.ts';
import { type RunningServer, startServer } from '../cli/run-server.ts';

const TOKEN = 'remote-secret-token';

let folder = '';
let server: RunningServer;
let database: TestDatabase;
let options: RunOptions = {};
let remote: Server;
let strange: Server;
let strangeVisits = 0;
/** The headers of every call that reached the remote server. */
const seen: IncomingHttpHeaders[] = [];

const portOf = (listening: Server): number => (listening.address() as AddressInfo).port;
const listen = async (one: Server): Promise<Server> => {
  one.listen(0, '127.0.0.1');
  await once(one, 'listening');
  return one;
};

/** A server of the official SDK, as it runs on the web: with a token, and with sessions. */
const createRemote = (): Server => {
  const transports = new Map<string, StreamableHTTPServerTransport>();
  return createServer(async (request, response) => {
    seen.push(request.headers);
    if (request.headers.authorization !== `Bearer ${TOKEN}`) {
      response.writeHead(401, { 'www-authenticate': 'Bearer' }).end();
      return;
    }
    const known = transports.get(String(request.headers['mcp-session-id']));
    if (known) return known.handleRequest(request, response);
    const mcp = new McpServer({ name: 'remote-fixture', version: '1.0.0' });
    mcp.registerTool('greet', { description: 'Greets.' }, () => ({ content: [{ type: 'text', text: 'Hello!' }] }));
    const transport = new StreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      onsessioninitialized: (id) => void transports.set(id, transport),
    });
    // The transport's own types are narrower than those of its base.
    await mcp.connect(transport as Parameters<McpServer['connect']>[0]);
    await transport.handleRequest(request, response);
  });
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'catwalk-remote-'));
  const dataDir = join(folder, 'data');
  remote = await listen(createRemote());
  strange = await listen(
    createServer((_request, response) => {
      strangeVisits += 1;
      response.end();
    }),
  );
  database = await makeTestDatabase(dataDir);
  server = await startServer(dataDir, {
    ...database.variables,
    REMOTE_ORIGINS_TRUSTED: `http://127.0.0.1:${portOf(remote)}`,
  });
  options = { cwd: folder, env: { CATWALK_DATA_DIR: dataDir, XDG_CONFIG_HOME: join(folder, 'config') } };
});
afterAll(async () => {
  await server?.stop();
  await database?.drop();
  remote?.close();
  remote?.closeAllConnections();
  strange?.close();
  await rm(folder, { recursive: true, force: true });
});

const run = (...words: string[]) => catwalk(words, options);

test('an address is deployed behind a token of Catwalk, and called with the credential of the form', async () => {
  const source = `http://127.0.0.1:${portOf(remote)}/mcp`;
  const deployed = await run('deploy', source, '--env', `AUTHORIZATION=${TOKEN}`, '--name', 'remote', '--json');
  const { id, databaseId, status, endpointUrl, accessToken, tools } = JSON.parse(deployed.stdout);
  expect({ status, stderr: deployed.stderr }).toEqual({ status: 'RUNNING', stderr: '' });
  expect(tools).toEqual([{ name: 'greet', description: 'Greets.' }]);
  expect(id).toBeTruthy();

  seen.length = 0;
  const client = new Client({ name: 'test', version: '1.0.0' });
  const requestInit = { headers: { Authorization: `Bearer ${accessToken}`, 'X-Mine': 'private' } };
  await client.connect(new StreamableHTTPClientTransport(new URL(endpointUrl), { requestInit }));
  onTestFinished(() => client.close());
  expect((await client.callTool({ name: 'greet' })).content).toEqual([{ type: 'text', text: 'Hello!' }]);
  expect(seen.length).toBeGreaterThan(0);
  for (const headers of seen) {
    expect(headers.authorization).toBe(`Bearer ${TOKEN}`);
    expect(Object.keys(headers).filter((name) => /^(?:catwalk-|x-mine)/.test(name))).toEqual([]);
    expect(JSON.stringify(headers)).not.toContain(accessToken);
  }

  const following = startCatwalk(['calls', databaseId, '-f', '--json'], options);
  await following.until(({ stdout: printed }) => printed.includes('\n'));
  following.process.kill('SIGINT');
  expect(JSON.parse((await following.ended).stdout)).toMatchObject({
    method: 'tools/call',
    name: 'greet',
    outcome: 'OK',
    callerKind: 'token',
  });

  const unauthorized = await fetch(endpointUrl, { method: 'POST', body: '{}' });
  expect(unauthorized.status).toBe(401);

  expect((await run('stop', databaseId)).code).toBe(0);
  expect((await fetch(endpointUrl, { headers: { Authorization: `Bearer ${accessToken}` } })).status).toBe(503);
  expect((await run('start', databaseId)).code).toBe(0);
  expect((await run('rm', databaseId, '--yes')).code).toBe(0);
});

test('a refused credential fails the deployment with the field to mend', async () => {
  const source = `http://127.0.0.1:${portOf(remote)}/mcp`;
  const { code, stdout } = await run('deploy', source, '--env', 'AUTHORIZATION=wrong', '--json');
  expect(code).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({ status: 'FAILED', error: { code: 'MISSING_CREDENTIAL' } });
});

test('an address of the inner network is never visited', async () => {
  for (const host of ['127.0.0.1', 'localhost', '[::ffff:127.0.0.1]']) {
    const { code, stdout } = await run('deploy', `https://${host}:${portOf(strange)}/mcp`, '--json');
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ status: 'FAILED' });
    expect(stdout).toContain('not a public address');
  }
  expect(strangeVisits).toBe(0);
});
