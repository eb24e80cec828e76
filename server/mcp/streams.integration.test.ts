import { once } from 'node:events';
import { type IncomingMessage, request, type ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, expect, test, vi } from 'vitest';
import { eventually } from '#deploy/eventually.testing.ts';
import { DEFAULT_EXCHANGE_CAPS } from './open-exchanges.ts';
import { createRig, type Rig, type RigOptions, toolCall } from './test-rig.ts';

let rig: Rig | null = null;
const open = async (machine: RigOptions['machine'], more: Omit<RigOptions, 'machine'> = {}): Promise<Rig> => {
  rig = await createRig({ machine, ...more });
  return rig;
};
afterEach(async () => {
  vi.useRealTimers();
  await rig?.close();
  rig = null;
});

const MEGABYTE = 1024 * 1024;

test('a slow reader slows the upstream: 200 MB pass in bounded memory', async () => {
  const total = 200 * MEGABYTE;
  let sent = 0;
  const chunk = Buffer.alloc(64 * 1024, 'x');
  const { url, token } = await open((req, res) => {
    req.resume();
    res.writeHead(200, { 'content-type': 'text/event-stream' });
    const write = () => {
      while (sent < total) {
        sent += chunk.length;
        if (!res.write(chunk)) {
          res.once('drain', write);
          return;
        }
      }
      res.end();
    };
    write();
  });
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const call = request(url, { method: 'POST', headers: { authorization: `Bearer ${token}` } }, resolve);
    call.on('error', reject);
    call.end('{}');
  });
  // nothing is read: what is under way settles in the buffers of the sockets
  let before = -1;
  let quiet = 0;
  await eventually('the upstream stands still', () => {
    quiet = sent === before ? quiet + 1 : 0;
    before = sent;
    return quiet > 20;
  });
  expect(sent).toBeLessThan(40 * MEGABYTE);
  let received = 0;
  let most = 0;
  for await (const piece of response) {
    received += (piece as Buffer).length; // no encoding is set
    most = Math.max(most, sent - received);
  }
  expect(received).toBe(total);
  expect(most).toBeLessThan(40 * MEGABYTE);
});

test('a body for an upstream that reads late waits for it and arrives whole', async () => {
  const arrived: IncomingMessage[] = [];
  let received = 0;
  const { url, token } = await open((req, res) => {
    req.on('end', () => res.writeHead(200, { 'content-type': 'application/json' }).end('{}'));
    arrived.push(req);
  });
  const call = request(url, { method: 'POST', headers: { authorization: `Bearer ${token}` } });
  const answered = once(call, 'response');
  const chunk = Buffer.alloc(64 * 1024, 'x');
  for (let i = 0; i < 60; i += 1) call.write(chunk);
  call.end();
  await eventually('the request arrived', () => arrived.length === 1);
  arrived[0]?.on('data', (piece: Buffer) => {
    received += piece.length;
  });
  const [response] = (await answered) as [IncomingMessage];
  expect(response.statusCode).toBe(200);
  await text(response);
  expect(received).toBe(60 * chunk.length);
});

test('the client leaves: the upstream is aborted, before an answer and in the middle of one', async () => {
  const ended: string[] = [];
  const waiting: string[] = [];
  const rig = await open((req, res) => {
    const kind = req.headers['x-kind'] as string; // each request of this test sends it
    req.resume();
    if (kind === 'streaming') res.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: 1\n\n');
    waiting.push(kind);
    res.on('close', () => ended.push(`${kind} ${res.writableFinished}`));
  });
  for (const kind of ['silent', 'streaming']) {
    const leave = new AbortController();
    const call = rig.post(toolCall('t'), { 'x-kind': kind }, leave.signal);
    await eventually('the request arrived', () => waiting.includes(kind));
    if (kind === 'streaming') await (await call).body?.getReader().read();
    leave.abort();
    await call.catch(() => {});
    await eventually(`the ${kind} request is aborted`, () => ended.includes(`${kind} false`));
  }
  await eventually('both are counted', () => rig.calls.length === 2);
  expect(rig.calls.map((call) => call.status)).toEqual([499, 200]);
});

test('the upstream dies in mid-stream: the call is answered with an error that a client can read', async () => {
  const { post } = await open((req, res) => {
    req.resume();
    res.writeHead(200, { 'content-type': 'text/event-stream' });
    res.write('id: 1\ndata: {"jsonrpc":"2.0","method":"notifications/progress"}\n\ndata: {"half', () =>
      req.socket.destroy(),
    );
  });
  const response = await post(toolCall('t', 'call-7'));
  const events = (await response.text()).split('\n\n');
  const last = events.findLast((event) => event.includes('data: ')) ?? '';
  expect(JSON.parse(last.split('data: ')[1] ?? '')).toMatchObject({
    jsonrpc: '2.0',
    id: 'call-7',
    error: { code: -32000, message: expect.stringContaining('ended the connection'), data: { code: 'MACHINE_LOST' } },
  });
});

test('the upstream dies in the middle of JSON, or of a GET stream: the client can tell that it was not all', async () => {
  const { post, fetch } = await open((req, res) => {
    req.resume();
    const type = req.method === 'GET' ? 'text/event-stream' : 'application/json';
    res.writeHead(200, { 'content-type': type }).write('{"jsonrpc":', () => req.socket.destroy());
  });
  await expect((await post(toolCall('t'))).text()).rejects.toThrow();
  await expect((await fetch()).text()).rejects.toThrow();
});

test('a stream that is open and silent for an hour stays', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date', 'performance'] });
  const opened: ServerResponse[] = [];
  const { fetch } = await open((_req, res) => {
    res.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
    opened.push(res);
  });
  const response = await fetch();
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  await vi.advanceTimersByTimeAsync(3_600_000);
  opened[0]?.write('data: still here\n\n');
  expect(Buffer.from((await reader.read()).value ?? []).toString()).toBe('data: still here\n\n');
  opened[0]?.end();
  expect((await reader.read()).done).toBe(true);
});

test('a machine that accepts and says nothing is given up: 504', async () => {
  const { post } = await open((req) => req.resume(), { upstream: { silentMsMax: 50 } });
  const response = await post(toolCall('t'));
  expect(response.status).toBe(504);
  expect(await response.json()).toMatchObject({
    jsonrpc: '2.0',
    id: 1,
    error: { message: expect.stringContaining('did not answer in time'), data: { code: 'MACHINE_SILENT' } },
  });
});

test('a machine that cannot be reached: 502', async () => {
  const rig = await open((_req, res) => res.end());
  await rig.machine.close();
  for (const response of [await rig.post(toolCall('t')), await rig.fetch()]) {
    expect(response.status).toBe(502);
    expect(await response.json()).toMatchObject({ error: { data: { code: 'MACHINE_UNREACHABLE' } } });
  }
});

test.each([
  ['a length and chunks at once', 'Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n'],
  ['two lengths', 'Content-Length: 2\r\nContent-Length: 4\r\n\r\n{}{}'],
  ['a length that is none', 'Content-Length: +2\r\n\r\n{}'],
  ['a chunk size that is none', 'Transfer-Encoding: chunked\r\n\r\nxyz\r\n{}\r\n0\r\n\r\n'],
  ['a chunk size ended by a bare line feed', 'Transfer-Encoding: chunked\r\n\r\n2\n{}\r\n0\r\n\r\n'],
  ['an unknown transfer coding', 'Transfer-Encoding: chunked, x\r\n\r\n2\r\n{}\r\n0\r\n\r\n'],
  ['a folded header', 'X-Fold: a\r\n b: c\r\nContent-Length: 2\r\n\r\n{}'],
  ['a space before the colon', 'Content-Length : 2\r\n\r\n{}'],
  ['two hosts', 'Host: 127.0.0.1\r\nContent-Length: 2\r\n\r\n{}'],
  ['two credentials', 'Authorization: Bearer x\r\nContent-Length: 2\r\n\r\n{}'],
  ['two sessions', 'Mcp-Session-Id: a\r\nMcp-Session-Id: b\r\nContent-Length: 2\r\n\r\n{}'],
])('a request with %s is refused, and nothing of it is taken for another', async (_what, rest) => {
  const bodies: string[] = [];
  const rig = await open(async (req, res) => {
    bodies.push(await text(req).catch(() => 'cut off'));
    res.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });
  const socket = connect(rig.front.port, '127.0.0.1');
  const path = new URL(rig.url).pathname;
  socket.write(
    `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${rig.token}\r\nConnection: close\r\n${rest}`,
  );
  const answer = await text(socket);
  expect(answer).toMatch(/^(HTTP\/1\.1 (400|502) |$)/);
  expect(bodies.filter((body) => body !== 'cut off')).toEqual([]);
});

test('a body above 4 MB is refused as JSON-RPC, whether it says its length or not', async () => {
  const rig = await open((req, res) => {
    req.on('error', () => {});
    req.on('end', () => res.writeHead(200, { 'content-type': 'application/json' }).end('{}'));
    req.resume();
  });
  const chunk = Buffer.alloc(256 * 1024, 'x');
  const send = async (length: number, declared: boolean) => {
    const headers: Record<string, string> = { authorization: `Bearer ${rig.token}` };
    if (declared) headers['content-length'] = String(length);
    const call = request(rig.url, { method: 'POST', headers });
    call.on('error', () => {}); // the rest of a refused body
    const answered = once(call, 'response');
    for (let left = length; left > 0; left -= chunk.length) call.write(chunk.subarray(0, Math.min(left, chunk.length)));
    call.end();
    const [response] = (await answered) as [IncomingMessage];
    return { status: response.statusCode, body: JSON.parse(await text(response)) };
  };
  const refusal = { jsonrpc: '2.0', id: null, error: { message: expect.stringContaining('4 MB') } };
  expect(await send(4 * MEGABYTE + 1, true)).toMatchObject({ status: 413, body: refusal });
  expect(await send(5 * MEGABYTE, false)).toMatchObject({ status: 413, body: refusal });
  expect((await send(4 * MEGABYTE, true)).status).toBe(200);
  expect((await send(4 * MEGABYTE, false)).status).toBe(200);
});

test('more streams than a deployment may have are refused with a time to come back', async () => {
  const opened: ServerResponse[] = [];
  const rig = await open(
    (_req, res) => {
      res.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
      opened.push(res);
    },
    { deps: { caps: { ...DEFAULT_EXCHANGE_CAPS, perDeployment: 2 } } },
  );
  const streams = [await rig.fetch(), await rig.fetch()];
  const refused = await rig.fetch();
  expect(refused.status).toBe(503);
  expect(refused.headers.get('retry-after')).toBe('10');
  for (const res of opened) res.end();
  for (const stream of streams) await stream.text();
  await eventually('both streams have ended', () => rig.calls.length === 2);
  const again = await rig.fetch();
  expect(again.status).toBe(200);
  opened.at(-1)?.end();
  await again.text();
});
