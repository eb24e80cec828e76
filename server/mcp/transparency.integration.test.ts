import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';
import { afterEach, expect, test } from 'vitest';
import { createRig, HOST_TOKEN, MACHINE_ID, type Rig, type RigOptions, toolCall } from './test-rig.ts';

let rig: Rig | null = null;
const open = async (machine: RigOptions['machine'], more: Omit<RigOptions, 'machine'> = {}): Promise<Rig> => {
  rig = await createRig({ machine, ...more });
  return rig;
};
afterEach(async () => {
  await rig?.close();
  rig = null;
});

const json = (res: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}) => {
  res.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
};

test('passes a request body and an answer byte for byte', async () => {
  const answer = '{"jsonrpc":"2.0","id":1,  "result":{"text":"größe ✓","big":12345678901234567890}}';
  let seen = '';
  const { url, token } = await open(async (req, res) => {
    seen = await text(req);
    res.writeHead(200, { 'content-type': 'application/json' }).end(answer);
  });
  const sent = '{ "jsonrpc":"2.0",\n"id":1,"method":"tools/call","params":{"name":"é","x":1.0e5} }';
  const response = await fetch(url, { method: 'POST', headers: { authorization: `Bearer ${token}` }, body: sent });
  expect(await response.text()).toBe(answer);
  expect(seen).toBe(sent);
});

test('passes a body that comes in many chunks without a length', async () => {
  let seen: Buffer = Buffer.alloc(0);
  const { url, token } = await open(async (req, res) => {
    seen = await buffer(req);
    json(res, 200, {});
  });
  const chunks = Array.from({ length: 20 }, (_, i) => Buffer.alloc(50_000, i));
  const body = Readable.from(chunks);
  const init = { method: 'POST', headers: { authorization: `Bearer ${token}` }, body, duplex: 'half' };
  expect((await fetch(url, init as unknown as RequestInit)).status).toBe(200); // Node's fetch takes more than the type says
  expect(seen.equals(Buffer.concat(chunks))).toBe(true);
});

test('the first byte reaches the client before the upstream ends', async () => {
  let finish = () => {};
  const { post } = await open((req, res) => {
    req.resume();
    res.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: first\n\n');
    finish = () => res.end('data: last\n\n');
  });
  const response = await post(toolCall('slow'));
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  expect(Buffer.from((await reader.read()).value ?? []).toString()).toBe('data: first\n\n');
  finish();
  expect(Buffer.from((await reader.read()).value ?? []).toString()).toBe('data: last\n\n');
  expect((await reader.read()).done).toBe(true);
});

test('the head of a stream reaches the client before its first event', async () => {
  const opened: ServerResponse[] = [];
  const { fetch } = await open((_req, res) => {
    res.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
    opened.push(res);
  });
  const response = await fetch({ headers: { accept: 'text/event-stream' } });
  expect(response.status).toBe(200);
  expect(response.headers.get('x-accel-buffering')).toBe('no');
  expect(response.headers.get('cache-control')).toContain('no-transform');
  opened[0]?.end();
  await response.text();
});

test('unknown Mcp-* headers and other end-to-end headers pass both ways', async () => {
  let seen: IncomingMessage['headers'] = {};
  const { post } = await open((req, res) => {
    seen = req.headers;
    json(res, 200, {}, { 'mcp-param-new': 'back', 'x-request-cost': '3' });
  });
  const response = await post(toolCall('t'), {
    'mcp-protocol-version': '2026-07-28',
    'mcp-method': 'tools/call',
    'mcp-name': 't',
    'mcp-param-region': 'west',
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  });
  expect(seen).toMatchObject({
    'mcp-protocol-version': '2026-07-28',
    'mcp-method': 'tools/call',
    'mcp-name': 't',
    'mcp-param-region': 'west',
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    accept: 'application/json, text/event-stream',
    'content-type': 'application/json',
  });
  expect(response.headers.get('mcp-param-new')).toBe('back');
  expect(response.headers.get('x-request-cost')).toBe('3');
});

test.each([200, 202, 400, 404, 405, 406, 500])('a status of %i passes untouched', async (status) => {
  const { post } = await open((req, res) => {
    req.resume();
    if (status === 202) res.writeHead(202).end();
    else json(res, status, { jsonrpc: '2.0', id: null, error: { code: -32000, message: 'as the host says' } });
  });
  const response = await post(toolCall('t'));
  expect(response.status).toBe(status);
  expect(await response.text()).toBe(
    status === 202 ? '' : '{"jsonrpc":"2.0","id":null,"error":{"code":-32000,"message":"as the host says"}}',
  );
});

test('DELETE and GET arrive as they are', async () => {
  const seen: string[] = [];
  const { fetch } = await open((req, res) => {
    seen.push(`${req.method} ${req.url}`);
    res.writeHead(req.method === 'DELETE' ? 204 : 405).end();
  });
  expect((await fetch({ method: 'DELETE' })).status).toBe(204);
  expect((await fetch({ method: 'GET' })).status).toBe(405);
  expect(seen).toEqual(['DELETE /mcp', 'GET /mcp']);
});

test("the caller's credentials, cookies and Catwalk-* headers never arrive upstream", async () => {
  let seen: IncomingMessage = {} as IncomingMessage; // set by the request
  const { post, token, tokenId, machine } = await open((req, res) => {
    seen = req;
    json(res, 200, {});
  });
  await post(toolCall('t'), {
    cookie: 'session=dashboard',
    'catwalk-host-token': 'guess',
    'catwalk-principal': 'somebody-else',
    'catwalk-anything': 'x',
    'proxy-authorization': 'Basic eA==',
    'x-forwarded-for': '10.0.0.1',
    'fly-force-instance-id': 'another-machine',
    origin: 'http://localhost:6274',
  });
  const all = seen.rawHeaders.join('\n');
  expect(all).not.toContain(token);
  expect(all).not.toContain('session=dashboard');
  expect(all).not.toMatch(/another-machine|somebody-else|guess|catwalk-anything|Basic|10\.0\.0\.1|origin/i);
  expect(seen.headers['catwalk-host-token']).toBe(HOST_TOKEN);
  expect(seen.headers['catwalk-principal']).toBe(`token:${tokenId}`);
  expect(seen.headers.host).toBe(`127.0.0.1:${machine.port}`);
});

test('a session id carries its machine outside and not inside', async () => {
  const seen: (string | string[] | undefined)[] = [];
  const { post } = await open((req, res) => {
    seen.push(req.headers['mcp-session-id']);
    json(res, 200, {}, { 'mcp-session-id': 'abc.def' });
  });
  const first = await post({ jsonrpc: '2.0', id: 1, method: 'initialize', params: {} });
  expect(first.headers.get('mcp-session-id')).toBe(`${MACHINE_ID}.abc.def`);
  await post(toolCall('t'), { 'mcp-session-id': `${MACHINE_ID}.abc.def` });
  expect(seen).toEqual([undefined, 'abc.def']);
});

test('reads no rows again on the hot path', async () => {
  const rig = await open((req, res) => {
    req.resume();
    json(res, 200, {});
  });
  for (let i = 0; i < 20; i += 1) await (await rig.post(toolCall('t', i))).text();
  expect(rig.reads()).toBe(1);
  expect(rig.errors).toEqual([]);
});

test('a POST is sent once, whatever becomes of it', async () => {
  let seen = 0;
  const { post } = await open((req) => {
    seen += 1;
    req.socket.destroy();
  });
  const response = await post(toolCall('t'));
  expect(response.status).toBe(502);
  expect(await response.json()).toMatchObject({ error: { data: { code: 'MACHINE_LOST' } } });
  expect(seen).toBe(1);
});

test('goes on when the client sends its head first and its body a good while later', async () => {
  const { url, token, front } = await open(async (req, res) => {
    const body = await text(req);
    json(res, 200, { echo: body });
  });
  const { connect } = await import('node:net');
  const socket = connect(front.port, '127.0.0.1');
  await once(socket, 'connect');
  const path = new URL(url).pathname;
  socket.write(
    `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${token}\r\nContent-Length: 6\r\nConnection: close\r\n\r\n`,
  );
  socket.write('abc');
  await new Promise((resolve) => setImmediate(resolve));
  socket.write('def');
  expect(await text(socket)).toContain('{"echo":"abcdef"}');
});
