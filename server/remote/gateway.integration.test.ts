import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { Agent, buildConnector, request } from 'undici';
import { expect, onTestFinished, test } from 'vitest';
import { REMOTE_MACHINE_HEADER, REMOTE_ORIGIN } from '#deploy/address.ts';
import { HOST_TOKEN_HEADER } from '#deploy/host/contract.ts';
import { createTokenCheck } from '#deploy/host/token.ts';
import { openRemoteGateway } from './gateway.ts';

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
      const accepts = createTokenCheck(TOKEN);
      return { url, accepts, headers: async () => ({ authorization: 'Bearer theirs' }), variables: ['AUTHORIZATION'] };
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
  return async (body: string, machineId = 'm1', token = TOKEN) => {
    const answer = await request(`${REMOTE_ORIGIN}/mcp`, {
      dispatcher,
      method: 'POST',
      headers: { 'content-type': 'application/json', [HOST_TOKEN_HEADER]: token, [REMOTE_MACHINE_HEADER]: machineId },
      body,
    });
    return { status: answer.statusCode, body: (await answer.body.json()) as { id?: unknown; error?: unknown } };
  };
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
  const post = await open(url);
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
  const post = await open(url);
  for (const id of [7, 'seven']) {
    const answer = await post(call(id));
    expect(answer).toMatchObject({
      status: 502,
      body: { jsonrpc: '2.0', id, error: { code: -32000, data: { code } } },
    });
  }
});

test('names the request when the server cannot be reached, and answers larger calls without a name', async () => {
  const post = await open('http://127.0.0.1:9');
  const error = { message: expect.stringContaining('cannot be reached') };
  expect(await post(call(7))).toMatchObject({ status: 502, body: { id: 7, error } });
  expect(await post(call(7, LARGE))).toMatchObject({ status: 502, body: { id: null, error } });
});

test('answers in JSON-RPC when the row cannot be read, or the token is another', async () => {
  const post = await open('http://127.0.0.1:9');
  expect(await post(call(7), 'away')).toMatchObject({ status: 503, body: { jsonrpc: '2.0', error: { code: -32000 } } });
  expect(await post(call(7), 'm1', 'another')).toMatchObject({ status: 401, body: { jsonrpc: '2.0' } });
});
