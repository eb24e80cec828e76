import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import {
  brotliCompressSync,
  constants,
  createGzip,
  deflateSync,
  gzipSync,
  type ZlibOptions,
  zstdCompressSync,
} from 'node:zlib';
import { Agent, buildConnector, request } from 'undici';
import { expect, onTestFinished, test } from 'vitest';
import { REMOTE_MACHINE_HEADER, REMOTE_ORIGIN } from '#deploy/address.ts';
import { PLATFORM_PRINCIPAL } from '#deploy/host/contract.ts';
import { HOST_TOKEN_HEADER, PRINCIPAL_HEADER } from '#deploy/host/header-contract.ts';
import { createTokenCheck } from '#deploy/host/token.ts';
import { createRemoteCredentials } from './credentials.ts';
import { openRemoteGateway } from './gateway.ts';
import { createSessionSeal } from './session-seal.ts';

const NOT_SIGNED_IN = {
  find: async () => null,
  replace: async () => null,
  want: async () => null,
  findProblem: async () => null,
};
const TOKEN = 'the-secret-of-the-release';

async function listen(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`; // it listens on TCP
}

/** A gateway in front of one remote server, and a way to call it as the endpoint does. */
async function open(url: string) {
  const outgoing = new Agent();
  const gateway = await openRemoteGateway({
    find: async (machineId) => {
      if (machineId === 'away') throw new Error('The database is away.');
      return {
        url,
        accepts: createTokenCheck(TOKEN),
        sessions: createSessionSeal(TOKEN),
        ...createRemoteCredentials({
          deploymentId: 'd1',
          url,
          entered: { authorization: 'Bearer theirs' },
          variables: ['AUTHORIZATION'],
          accessTokens: NOT_SIGNED_IN,
          describe: async () => ({ kind: 'none' }),
        }),
      };
    },
    dispatcherFor: () => outgoing,
    now: () => new Date(),
  });
  const dispatcher = new Agent({ connect: gateway.connector(buildConnector({})) });
  onTestFinished(async () => {
    await dispatcher.close();
    await gateway.close();
    await outgoing.close();
  });
  const send = (body: string, headers: Record<string, string> = {}) =>
    request(`${REMOTE_ORIGIN}/mcp`, {
      dispatcher,
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        [HOST_TOKEN_HEADER]: TOKEN,
        [REMOTE_MACHINE_HEADER]: 'm1',
        ...headers,
      },
      body,
    });
  const post = async (body: string, headers: Record<string, string> = {}) => {
    const answer = await send(body, headers);
    return { status: answer.statusCode, body: (await answer.body.json()) as { id?: unknown; error?: unknown } };
  };
  return { send, post };
}

const call = (id: unknown, filling = '') =>
  JSON.stringify({ jsonrpc: '2.0', id, method: 'tools/call', params: { name: 'greet', arguments: { filling } } });
const LARGE = 'x'.repeat(100_000);

test('pipes calls of every size with the credential of the server', async () => {
  const seen: { authorization: string | undefined; bytes: number }[] = [];
  const url = await listen(async (req: IncomingMessage, res) => {
    seen.push({ authorization: req.headers.authorization, bytes: (await text(req)).length });
    res.writeHead(200, { 'content-type': 'application/json' }).end('{"jsonrpc":"2.0","id":7,"result":{}}');
  });
  const { post } = await open(url);
  for (const body of [call(7), call(7, LARGE)]) {
    expect(await post(body)).toEqual({ status: 200, body: { jsonrpc: '2.0', id: 7, result: {} } });
    expect(seen.at(-1)).toEqual({ authorization: 'Bearer theirs', bytes: body.length });
  }
});

test.each([
  ['refuses the credentials', 401, 'MISSING_CREDENTIAL'],
  ['answers with a redirect', 302, 'NO_HANDSHAKE'],
])('names the request in the error when the server %s', async (_what, status, code) => {
  const url = await listen((req, res) => {
    req.resume();
    res.writeHead(status, { location: 'https://elsewhere.example' }).end();
  });
  const { post } = await open(url);
  for (const id of [7, 'seven']) {
    const answer = await post(call(id));
    expect(answer).toMatchObject({
      status: 502,
      body: { jsonrpc: '2.0', id, error: { code: -32000, data: { code } } },
    });
  }
});

test('names the request when the server cannot be reached, and answers larger calls without a name', async () => {
  const { post } = await open('http://127.0.0.1:9');
  const error = { message: expect.stringContaining('cannot be reached') };
  expect(await post(call(7))).toMatchObject({ status: 502, body: { id: 7, error } });
  expect(await post(call(7, LARGE))).toMatchObject({ status: 502, body: { id: null, error } });
});

test('answers in JSON-RPC when the row cannot be read, or the token is another', async () => {
  const { post } = await open('http://127.0.0.1:9');
  expect(await post(call(7), { [REMOTE_MACHINE_HEADER]: 'away' })).toMatchObject({
    status: 503,
    body: { jsonrpc: '2.0', error: { code: -32000 } },
  });
  expect(await post(call(7), { [HOST_TOKEN_HEADER]: 'another' })).toMatchObject({
    status: 401,
    body: { jsonrpc: '2.0' },
  });
});

test('gives the session of a caller to no other caller', async () => {
  const seen: unknown[] = [];
  const url = await listen((req, res) => {
    req.resume();
    seen.push(req.headers['mcp-session-id']);
    res.writeHead(200, { 'content-type': 'application/json', 'mcp-session-id': 'theirs' });
    res.end('{"jsonrpc":"2.0","id":7,"result":{}}');
  });
  const { send, post } = await open(url);
  const first = await send(call(7), { [PRINCIPAL_HEADER]: 'alice' });
  await first.body.dump();
  const session = String(first.headers['mcp-session-id']);
  expect(session).not.toBe('theirs');

  const known = await post(call(7), { [PRINCIPAL_HEADER]: 'alice', 'mcp-session-id': session });
  expect(known.status).toBe(200);
  expect(seen).toEqual([undefined, 'theirs']);
  for (const [principal, id] of [
    ['bob', session],
    ['alice', `${session}x`],
    ['alice', 'theirs'],
  ] as const) {
    const refused = await post(call('b'), { [PRINCIPAL_HEADER]: principal, 'mcp-session-id': id });
    expect(refused).toMatchObject({ status: 404, body: { id: 'b', error: { code: -32001 } } });
  }
  expect(seen).toHaveLength(2);
});

test.each([
  ['gzip', gzipSync],
  ['deflate', deflateSync],
  ['br', brotliCompressSync],
  ['zstd', zstdCompressSync],
  ['gzip, br', (text: string) => brotliCompressSync(gzipSync(text))],
])('decodes an answer that came as %s although none was asked for', async (encoding, encode) => {
  const answer = `{"jsonrpc":"2.0","id":7,"result":{"text":"${LARGE}"}}`;
  const url = await listen((req, res) => {
    req.resume();
    const body = encode(answer);
    const headers = { 'content-type': 'application/json', 'content-encoding': encoding, 'content-length': body.length };
    res.writeHead(req.headers['accept-encoding'] === 'identity' ? 200 : 500, headers).end(body);
  });
  const { send } = await open(url);
  const { statusCode, headers, body } = await send(call(7));
  expect({ statusCode, encoding: headers['content-encoding'], text: await body.text() }).toEqual({
    statusCode: 200,
    encoding: undefined,
    text: answer,
  });
});

test('hands the events of an encoded stream on as they come', async () => {
  let more = () => {};
  const url = await listen((req, res) => {
    req.resume();
    res.writeHead(200, { 'content-type': 'text/event-stream', 'content-encoding': 'gzip' });
    const zip = createGzip({ flush: constants.Z_SYNC_FLUSH } satisfies ZlibOptions);
    zip.pipe(res);
    zip.write('data: 1\n\n');
    more = () => {
      more = () => {};
      zip.end('data: 2\n\n');
    };
  });
  const { send } = await open(url);
  const { body } = await send(call(7));
  const events: string[] = [];
  for await (const chunk of body) {
    events.push(String(chunk));
    more(); // is sent only after the first one has arrived
  }
  expect(events.join('')).toBe('data: 1\n\ndata: 2\n\n');
});

test.each(['compress', 'gzip, gzip, gzip'])('refuses an answer that came as %s', async (encoding) => {
  const url = await listen((req, res) => {
    req.resume();
    res.writeHead(200, { 'content-type': 'application/json', 'content-encoding': encoding }).end('?');
  });
  const { post } = await open(url);
  const message = `The answer is encoded as ${encoding}.`;
  expect(await post(call(7))).toMatchObject({ status: 502, body: { id: 7, error: { message } } });
});

test.each([
  ['names the transport of 2024-11-05', 'event: endpoint\ndata: /messages?id=1\n\n', 502],
  ['passes the answer of any other server on', 'event: message\ndata: {}\n\n', 405],
])('%s when the handshake is not answered', async (_what, stream, status) => {
  const url = await listen((req, res) => {
    req.resume();
    if (req.method === 'GET') res.writeHead(200, { 'content-type': 'text/event-stream' }).end(stream);
    else res.writeHead(405, { 'content-type': 'application/json' }).end('{}');
  });
  const { post } = await open(url);
  const answer = await post(call(7), { [PRINCIPAL_HEADER]: PLATFORM_PRINCIPAL });
  expect(answer.status).toBe(status);
  if (status === 502) expect(answer.body.error).toMatchObject({ message: expect.stringContaining('HTTP+SSE') });
  // Callers are never kept waiting for it.
  expect(await post(call(7), { [PRINCIPAL_HEADER]: 'alice' })).toMatchObject({ status: 405 });
});
