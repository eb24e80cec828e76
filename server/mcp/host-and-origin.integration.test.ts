import { expect, test } from 'vitest';
import { openRig } from './access.testing.ts';
import { toolCall } from './test-rig.ts';

test('a foreign Host is refused, on loopback too: DNS rebinding', async () => {
  const rig = await openRig();
  const { request } = await import('node:http');
  const ask = (host: string) =>
    new Promise<number | undefined>((resolve, reject) => {
      const headers = { host, authorization: `Bearer ${rig.token}` };
      const call = request(rig.url, { method: 'DELETE', headers }, (res) => {
        res.resume();
        resolve(res.statusCode);
      });
      call.on('error', reject).end();
    });
  expect(await ask('evil.test')).toBe(403);
  expect(await ask(`localhost.evil.test:${rig.front.port}`)).toBe(403);
  expect(await ask('127.0.0.1@evil.test')).toBe(403);
  expect(await ask('127.0.0.1/x')).toBe(403);
  expect(await ask(`127.0.0.1:${rig.front.port}`)).toBe(200);
  expect(await ask('127.0.0.1:1')).toBe(200);
});

test('a foreign Origin is refused before anything else is said', async () => {
  const rig = await openRig();
  for (const origin of ['https://evil.test', 'null', 'http://localhost.evil.test', 'file://']) {
    const response = await rig.fetch({ headers: { origin } });
    expect(response.status).toBe(403);
    expect(response.headers.get('access-control-allow-origin')).toBeNull();
  }
});

test("a web page's client connects: preflight, then a call whose answer and errors it can read", async () => {
  const origin = 'http://localhost:6274'; // where the MCP inspector's page lives
  const rig = await openRig({
    machine: (req, res) => {
      req.resume();
      res.writeHead(200, { 'content-type': 'application/json', 'mcp-session-id': 's' }).end('{}');
    },
  });
  const preflight = await fetch(rig.url, {
    method: 'OPTIONS',
    headers: {
      origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization,content-type,mcp-protocol-version,mcp-param-x',
    },
  });
  expect(preflight.status).toBe(204);
  expect(Object.fromEntries(preflight.headers)).toMatchObject({
    'access-control-allow-origin': origin,
    'access-control-allow-methods': expect.stringContaining('DELETE'),
    'access-control-allow-headers': 'authorization,content-type,mcp-protocol-version,mcp-param-x',
    vary: 'Origin',
  });
  const called = await rig.post(toolCall('t'), { origin });
  expect(called.headers.get('access-control-allow-origin')).toBe(origin);
  expect(called.headers.get('access-control-expose-headers')).toMatch(/^\*.*Mcp-Session-Id.*WWW-Authenticate/);
  const refused = await rig.post(toolCall('t'), { origin, authorization: 'Bearer no' });
  expect(refused.status).toBe(401);
  expect(refused.headers.get('access-control-allow-origin')).toBe(origin);
  for (const response of [preflight, called, refused]) {
    expect(response.headers.get('access-control-allow-credentials')).toBeNull();
  }
});

test('a method that the endpoint does not take is refused with the list of those that it takes', async () => {
  const rig = await openRig();
  for (const [path, allow] of [
    ['', 'GET, POST, DELETE, OPTIONS'],
    ['/sse', 'GET, OPTIONS'],
    ['/messages', 'POST, OPTIONS'],
  ] as const) {
    const response = await rig.fetch({ method: 'PUT', path });
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe(allow);
  }
});
