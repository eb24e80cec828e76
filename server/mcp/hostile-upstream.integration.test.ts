import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { eventually } from '#deploy/eventually.testing.ts';
import { createRig, type Rig, type RigOptions, toolCall } from './test-rig.ts';

let rig: Rig | null = null;
const open = async (machine: RigOptions['machine']): Promise<Rig> => {
  rig = await createRig({ machine });
  return rig;
};
afterEach(async () => {
  await rig?.close();
  rig = null;
});

test.each([
  ['HTML', { 'content-type': 'text/html' }],
  ['a script', { 'content-type': 'text/javascript' }],
  ['SVG', { 'content-type': 'image/svg+xml' }],
  ['JSON by another name', { 'content-type': 'application/json-seq' }],
  ['HTML behind JSON', { 'content-type': 'application/json, text/html' }],
  ['no type at all', {}],
])('%s is not passed on: 502', async (_what, headers) => {
  const { post } = await open((req, res) => {
    req.resume();
    res.writeHead(200, headers).end('<script>alert(document.cookie)</script>');
  });
  const response = await post(toolCall('t'));
  expect(response.status).toBe(502);
  expect(response.headers.get('content-type')).toBe('application/json');
  expect(await response.text()).not.toContain('<script>');
});

test('two content types are refused', async () => {
  const { post } = await open((req, res) => {
    req.resume();
    res.writeHead(200, ['content-type', 'application/json', 'content-type', 'text/html']).end('{}');
  });
  expect((await post(toolCall('t'))).status).toBe(502);
});

test.each([301, 302, 303, 307, 308])('a redirect (%i) is neither followed nor passed on', async (status) => {
  let seen = 0;
  const { post } = await open((req, res) => {
    seen += 1;
    req.resume();
    res.writeHead(status, { location: '/elsewhere' }).end();
  });
  const response = await post(toolCall('t'));
  expect(response.status).toBe(502);
  expect(response.headers.get('location')).toBeNull();
  expect(seen).toBe(1);
});

test.each([401, 403, 407])('%i of a machine is not taken for a verdict on the caller', async (status) => {
  const { post } = await open((req, res) => {
    req.resume();
    res.writeHead(status, {
      'content-type': 'application/json',
      'www-authenticate': 'Bearer resource_metadata="https://evil.test"',
    });
    res.end('{}');
  });
  const response = await post(toolCall('t'));
  expect(response.status).toBe(502);
  expect(response.headers.get('www-authenticate')).toBeNull();
});

test('removes headers that would act on our origin, and keeps a response from running as a page', async () => {
  const { post } = await open((req, res) => {
    req.resume();
    res.writeHead(200, {
      'content-type': 'application/json',
      'set-cookie': ['session=evil; Path=/', 'b=c'],
      'clear-site-data': '"*"',
      'strict-transport-security': 'max-age=0',
      'alt-svc': 'h2="evil.test:443"',
      location: 'https://evil.test',
      refresh: '0; url=https://evil.test',
      link: '</x.js>; rel=preload',
      'content-security-policy': "script-src 'unsafe-inline'",
      'content-security-policy-report-only': 'report-uri https://evil.test',
      'access-control-allow-origin': '*',
      'access-control-allow-credentials': 'true',
      'cross-origin-opener-policy': 'unsafe-none',
      'www-authenticate': 'Basic realm="dashboard"',
      'service-worker-allowed': '/',
      'x-content-type-options': 'sniff',
      'catwalk-host-token': 'leak',
      'x-request-id': 'another-request',
      connection: 'x-hop, keep-alive',
      'x-hop': 'for this hop only',
      'x-kept': 'yes',
    });
    res.end('{"jsonrpc":"2.0","id":1,"result":{}}');
  });
  const response = await post(toolCall('t'));
  expect(response.status).toBe(200);
  const headers = Object.fromEntries(response.headers);
  expect(headers).toEqual({
    'content-type': 'application/json',
    'x-kept': 'yes',
    'x-request-id': expect.stringMatching(/^[0-9a-f]{12}-1$/),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'content-security-policy': "sandbox; default-src 'none'; frame-ancestors 'none'",
    date: expect.any(String),
    connection: expect.any(String),
    'keep-alive': expect.any(String),
    'transfer-encoding': 'chunked',
  });
});

test.each([
  ['a length and chunks at once', 'Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n'],
  ['two lengths', 'Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}'],
  ['a folded header', 'X-Fold: a\r\n b\r\nContent-Length: 2\r\n\r\n{}'],
  ['a bare line feed in a chunk size', 'Transfer-Encoding: chunked\r\n\r\n2\n{}\r\n0\r\n\r\n'],
  ['a chunk size that is none', 'Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n'],
  ['a NUL in a header', 'X-A: a\u0000b\r\nContent-Length: 2\r\n\r\n{}'],
])('an answer with %s never counts as a whole one', async (_what, rest) => {
  const raw = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => socket.end(`HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n${rest}`, 'latin1'));
  });
  await new Promise<void>((resolve) => raw.listen(0, '127.0.0.1', resolve));
  const { port } = raw.address() as AddressInfo; // it listens on TCP
  const rig = await open((_req, res) => res.end());
  rig.change({ current: { ...rig.target, origin: `http://127.0.0.1:${port}` } });
  const outcome = await rig.post(toolCall('t')).then(
    async (response) => ({ status: response.status, text: await response.text().catch(() => 'cut off') }),
    () => ({ status: 0, text: 'cut off' }),
  );
  if (outcome.status !== 502) expect(outcome.text).toBe('cut off');
  await new Promise((resolve) => raw.close(resolve));
});

test('the address comes from the row alone: neither URL nor headers can turn it', async () => {
  const seen: string[] = [];
  const rig = await open((req, res) => {
    seen.push(req.url ?? '');
    req.resume();
    res.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });
  const { connect } = await import('node:net');
  const { text } = await import('node:stream/consumers');
  const path = new URL(rig.url).pathname;
  const ask = async (target: string) => {
    const socket = connect(rig.front.port, '127.0.0.1');
    socket.write(
      `GET ${target} HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Forwarded-Host: evil.test\r\nAuthorization: Bearer ${rig.token}\r\nConnection: close\r\n\r\n`,
    );
    return (await text(socket)).split(' ')[1];
  };
  expect(await ask(`http://evil.test${path}`)).toBe('404');
  expect(await ask(`//evil.test${path}`)).toBe('404');
  expect(await ask(`${path}/../../status`)).toBe('404');
  expect(await ask(`${path}/status`)).toBe('404');
  expect(await ask(`${path}%2f..%2fstatus`)).toBe('404');
  expect(await ask(`${path}?x=//evil.test`)).toBe('200');
  expect(seen).toEqual(['/mcp?x=//evil.test']);
});

test('a malformed or cut off response marks the route stale: the row is read again, once a second', async () => {
  const rig = await open((req) => req.socket.destroy());
  expect((await rig.post(toolCall('t'))).status).toBe(502);
  expect(rig.reads()).toBe(1);
  rig.passTime(1_000);
  expect((await rig.post(toolCall('t'))).status).toBe(502);
  await eventually('the row is read again', () => rig.reads() === 2);
});
