import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Actor } from '#server/domain/actor.ts';
import { parseCredentialTest } from '../deployments/rows/credential-test.ts';
import { openRows, type Rows } from '../deployments/testing/rows-in-database.testing.ts';
import { createCredentialTests } from './credential-test.ts';

const NOW = new Date('2027-01-01T00:00:00Z');
const ann: Actor = { userId: 'ann', role: 'MEMBER', scope: 'WRITE', via: 'session', ip: '192.0.2.7' };

let rows: Rows;
let server: Server;
let deploymentId: string;
let releaseId: string;
/** What the endpoint received, and what it answers to a call. */
const endpoint = { called: [] as unknown[], authorization: '', result: {} as object };

beforeAll(async () => {
  rows = await openRows();
  server = createServer(async (request, response) => {
    if (request.method !== 'POST') return void response.writeHead(405).end();
    const { id, method, params } = JSON.parse(await text(request));
    if (id === undefined) return void response.writeHead(202).end();
    if (method === 'tools/call') {
      endpoint.called.push(params);
      endpoint.authorization = request.headers.authorization ?? '';
    }
    const opening = {
      protocolVersion: '2025-11-25',
      capabilities: { tools: {} },
      serverInfo: { name: 'orbit', version: '1' },
    };
    const result = method === 'initialize' ? opening : endpoint.result;
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ jsonrpc: '2.0', id, result }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  server?.closeAllConnections();
  server?.close();
  await rows?.close();
});
beforeEach(async () => {
  endpoint.called = [];
  ({ id: deploymentId } = await rows.addDeployment({ status: 'RUNNING', access: 'TOKEN' }));
});

const offer = async (tools: object[]) => {
  const snapshot = {
    ...{ serverInfo: null, protocolVersion: '2025-11-25', era: 'legacy', capabilities: {}, instructions: null },
    tools: tools.map((tool) => ({
      ...{ title: null, description: null, inputSchema: null, outputSchema: null, annotations: null },
      ...tool,
    })),
    ...{ resources: [], prompts: [], notes: [] },
  };
  const release = await rows.addRelease(deploymentId, 1, { snapshot, liveAt: NOW });
  releaseId = release.id;
  await rows.setDeployment(deploymentId, { currentReleaseId: release.id });
};
const run = async () => {
  const tests = createCredentialTests({
    ...{ prisma: rows.prisma, database: rows.database, events: rows.events, version: '1', now: () => NOW },
    redactorOf: async () => (text) => text.replaceAll('key-of-ann', '[redacted]'),
    accessTokens: { createPlayground: async () => ({ token: 'cw_play', expiresAt: NOW }) },
    publicUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  });
  await tests.run(ann, deploymentId);
  return parseCredentialTest((await rows.deploymentOf(deploymentId)).credentialTest, releaseId);
};

test('calls one tool that is marked as read-only, without arguments, and remembers that it answered', async () => {
  await offer([{ name: 'drop_all' }, { name: 'get_me', annotations: { readOnlyHint: true } }]);
  endpoint.result = { content: [{ type: 'text', text: 'Ann' }] };
  expect(await run()).toEqual({
    at: NOW.toISOString(),
    outcome: 'PASSED',
    tool: 'get_me',
    message: 'get_me answered without an error.',
    releaseId,
  });
  expect(endpoint).toMatchObject({ called: [{ name: 'get_me', arguments: {} }], authorization: 'Bearer cw_play' });
  expect(rows.published).toContain(`deployment ${deploymentId}`);
});

test('remembers the words of a tool that returned an error', async () => {
  await offer([{ name: 'get_me', annotations: { readOnlyHint: true } }]);
  endpoint.result = { isError: true, content: [{ type: 'text', text: 'Bad\ncredentials' }] };
  expect(await run()).toMatchObject({ outcome: 'FAILED', message: 'get_me returned an error: Bad credentials' });
});

test('keeps no credential that the server repeats', async () => {
  await offer([{ name: 'get_me', annotations: { readOnlyHint: true } }]);
  endpoint.result = { isError: true, content: [{ type: 'text', text: 'key-of-ann is not valid' }] };
  expect(await run()).toMatchObject({ message: 'get_me returned an error: [redacted] is not valid' });
  await rows.prisma.release.update({ where: { id: releaseId }, data: { personalFields: ['TOKEN'] } });
  expect((await run())?.message).not.toContain('is not valid');
});

test('calls nothing where no tool is harmless', async () => {
  await offer([{ name: 'drop_all' }]);
  expect(await run()).toMatchObject({ outcome: 'UNTESTABLE', tool: null });
  expect(endpoint.called).toEqual([]);
});

test('refuses a deployment that does not run, and one that the caller cannot reach', async () => {
  await offer([{ name: 'get_me', annotations: { readOnlyHint: true } }]);
  await rows.setDeployment(deploymentId, { status: 'STOPPED' });
  await expect(run()).rejects.toMatchObject({ code: 'CONFLICT' });
  await rows.prisma.user.create({ data: { id: 'bob', name: 'Bob', email: 'bob@example.com' } });
  const { id } = await rows.addDeployment({ status: 'RUNNING', ownerId: 'bob' });
  deploymentId = id;
  await expect(run()).rejects.toMatchObject({ code: 'NOT_FOUND' });
});
