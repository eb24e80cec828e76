import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, expect, test } from 'vitest';
import { createUpstream, type Upstream } from '#server/mcp/upstream.ts';
import { createUpstreamFetch } from '#server/mcp/upstream-fetch.ts';
import { createMcpProbe } from './mcp-probe.ts';

type Answer = { result: unknown } | { error: { code: number; message: string } };

let server: Server;
let upstream: Upstream;
afterEach(async () => {
  await upstream.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

/** Reads the snapshot of a server with tools, resources and prompts, which answers its lists as given. */
const snapshotOf = async (answers: (method: string, cursor: unknown) => Answer | null) => {
  server = createServer(async (req, res) => {
    const body = await text(req);
    if (body === '') return void res.writeHead(405).end();
    const { id, method, params } = JSON.parse(body);
    if (id === undefined) return void res.writeHead(202).end();
    const handshake = {
      protocolVersion: '2025-11-25',
      capabilities: { tools: {}, resources: {}, prompts: {} },
      serverInfo: { name: 'lists', version: '1' },
    };
    const answer = method === 'initialize' ? { result: handshake } : answers(method, params?.cursor);
    if (answer === null) return; // never
    res.writeHead(200, { 'content-type': 'application/json', 'mcp-session-id': 'one' });
    res.end(JSON.stringify({ jsonrpc: '2.0', id, ...answer }));
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  upstream = createUpstream();
  const { port } = server.address() as AddressInfo; // it listens on TCP
  const target = { origin: `http://127.0.0.1:${port}`, headers: {}, token: 'token' };
  const probe = createMcpProbe((machine) => createUpstreamFetch(upstream, machine, 'catwalk'), '0.0.0');
  return probe.readSnapshot(target, AbortSignal.timeout(60_000));
};

const EMPTY = { result: { resources: [], resourceTemplates: [], prompts: [] } };
const page = (name: string, nextCursor?: string): Answer => ({
  result: { tools: [{ name, inputSchema: { type: 'object' } }], ...(nextCursor === undefined ? {} : { nextCursor }) },
});

test('reads every page of the tools', async () => {
  const { tools, notes } = await snapshotOf((method, cursor) =>
    method === 'tools/list' ? (cursor === undefined ? page('a', '2') : page('b')) : EMPTY,
  );
  expect([tools.map(({ name }) => name), notes]).toEqual([['a', 'b'], []]);
});

test('stops at a cursor that repeats, and notes it', async () => {
  const { tools, notes } = await snapshotOf((method) => (method === 'tools/list' ? page('a', 'again') : EMPTY));
  expect(tools.length).toBeLessThanOrEqual(3);
  expect(notes).toEqual([expect.stringContaining('repeats a page')]);
});

test('stops after 50 pages, and notes that there are more', async () => {
  let count = 0;
  const { tools, notes } = await snapshotOf((method) => {
    if (method !== 'tools/list') return EMPTY;
    count += 1;
    return page(`t${count}`, String(count));
  });
  expect(tools).toHaveLength(50);
  expect(notes).toEqual([expect.stringContaining('page 50')]);
});

test.each([-32601, -32603])('accepts declared lists that fail with %i, and notes them', async (code) => {
  const { tools, resources, prompts, notes } = await snapshotOf((method) =>
    method === 'tools/list' ? page('a') : { error: { code, message: 'not here' } },
  );
  expect([tools.length, resources, prompts]).toEqual([1, [], []]);
  expect(notes).toEqual([expect.stringContaining('resources'), expect.stringContaining('prompts')]);
});

test('accepts a declared list that never comes', async () => {
  const { tools, notes } = await snapshotOf((method) =>
    method === 'tools/list' ? page('a') : method === 'prompts/list' ? null : EMPTY,
  );
  expect([tools.length, notes.length]).toEqual([1, 1]);
});

test('fails without the list of tools', async () => {
  await expect(snapshotOf(() => ({ error: { code: -32603, message: 'broken' } }))).rejects.toThrow('broken');
});
