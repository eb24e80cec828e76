import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createUpstream, type Upstream } from '#server/mcp/upstream.ts';
import { createUpstreamFetch } from '#server/mcp/upstream-fetch.ts';
import { createMcpProbe, type McpProbe } from './mcp-probe.ts';

/** The machine's response to one message; null: the machine stalls from here on. */
type Answer = { status: number; result?: unknown; error?: unknown } | null;

let answerTo: (message: string) => Answer;
let server: ReturnType<typeof createServer>;
let upstream: Upstream;
let probe: McpProbe;
let target: { origin: string; headers: Record<string, string>; token: string };

beforeEach(async () => {
  server = createServer((req, res) => void respond(req, res)).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo; // it listens on TCP
  target = { origin: `http://127.0.0.1:${port}`, headers: {}, token: 'token' };
  upstream = createUpstream();
  probe = createMcpProbe((machine) => createUpstreamFetch(upstream, machine, 'catwalk'), '0.0.0');
});
afterEach(async () => {
  await upstream.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

async function respond(req: IncomingMessage, res: ServerResponse): Promise<void> {
  const body = await text(req);
  const { id, method } = body === '' ? { id: undefined, method: req.method } : JSON.parse(body);
  const answer = answerTo(String(method));
  if (answer === null) return;
  res.writeHead(answer.status, { 'content-type': 'application/json', 'mcp-session-id': 'one' });
  res.end(id === undefined ? '' : JSON.stringify({ jsonrpc: '2.0', id, result: answer.result, error: answer.error }));
}

const healthy = (message: string): Answer => {
  switch (message) {
    case 'initialize': {
      const serverInfo = { name: 'small', version: '1' };
      return { status: 200, result: { protocolVersion: '2025-11-25', capabilities: {}, serverInfo } };
    }
    case 'ping':
      return { status: 200, result: {} };
    case 'notifications/initialized':
      return { status: 202 };
    case 'GET':
      return { status: 405 };
    default:
      return { status: 200 };
  }
};

const refused: Answer = { status: 400, error: { code: -32601, message: 'Method not found' } };
const DISCOVERED: Answer = {
  status: 200,
  result: {
    resultType: 'complete',
    supportedVersions: ['2026-07-28'],
    capabilities: {},
    serverInfo: { name: 'small', version: '1' },
    ttlMs: 0,
    cacheScope: 'private',
  },
};

it.each([
  [
    'initialize alone',
    'legacy',
    '2025-11-25',
    (message: string) => (message === 'server/discover' ? refused : healthy(message)),
  ],
  [
    'server/discover alone',
    'modern',
    '2026-07-28',
    (message: string) => (message === 'server/discover' ? DISCOVERED : refused),
  ],
  ['both', 'dual', '2025-11-25', (message: string) => (message === 'server/discover' ? DISCOVERED : healthy(message))],
])('finds the eras of a server that answers %s', async (_what, era, protocolVersion, answers) => {
  answerTo = answers;
  const snapshot = await probe.readSnapshot(target, AbortSignal.timeout(10_000));
  expect(snapshot).toMatchObject({ era, protocolVersion });
});

it.each(['initialize', 'notifications/initialized', 'ping'])(
  'ends a ping with its signal when the machine stalls at %s',
  async (where) => {
    const stop = new AbortController();
    answerTo = (message) => {
      if (message !== where) return healthy(message);
      stop.abort();
      return null;
    };
    await expect(probe.ping(target, 'legacy', stop.signal)).rejects.toThrow();
  },
);

it('accepts the ping of a machine that stalls at the end of the session', async () => {
  const stop = new AbortController();
  answerTo = (message) => {
    if (message !== 'DELETE') return healthy(message);
    stop.abort();
    return null;
  };
  await expect(probe.ping(target, 'legacy', stop.signal)).resolves.toBeUndefined();
});
