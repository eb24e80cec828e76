import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterEach, expect, test } from 'vitest';
import { eventually } from '#deploy/eventually.testing.ts';
import { newAccessToken } from '#server/domain/access/token.ts';
import { hashSecret } from '#server/domain/secret-hash.ts';
import type { OAuthAuthority } from './access.ts';
import { createRateLimit } from './rate-limit.ts';
import { createRig, type Rig, type RigOptions, toolCall } from './test-rig.ts';

let rig: Rig | null = null;
const open = async (options: Partial<RigOptions> = {}): Promise<Rig> => {
  rig = await createRig({ machine: answerEmpty, ...options });
  return rig;
};
afterEach(async () => {
  await rig?.close();
  rig = null;
});

const answerEmpty = (req: IncomingMessage, res: ServerResponse) => {
  req.resume();
  res.writeHead(200, { 'content-type': 'application/json' }).end('{}');
};

const openStreams = () => {
  const opened: ServerResponse[] = [];
  const closed: ServerResponse[] = [];
  const machine = (req: IncomingMessage, res: ServerResponse) => {
    req.resume();
    res.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
    opened.push(res);
    res.on('close', () => closed.push(res));
  };
  return { opened, closed, machine };
};

test.each([
  ['no token', {}],
  ['a wrong token', { authorization: `Bearer ${newAccessToken().token}` }],
  ['another scheme', { authorization: 'Basic eA==' }],
  ['an empty token', { authorization: 'Bearer ' }],
])('%s: 401 with a sentence, and nothing reaches the machine', async (_what, headers) => {
  let seen = 0;
  const rig = await open({ machine: () => (seen += 1) });
  const response = await fetch(rig.url, { method: 'POST', headers, body: '{}' });
  expect(response.status).toBe(401);
  expect(response.headers.get('www-authenticate')).toMatch(/^Bearer realm="Catwalk"/);
  expect(await response.json()).toMatchObject({ jsonrpc: '2.0', error: { message: expect.stringMatching(/token/) } });
  expect(seen).toBe(0);
});

test('a token that another instance made is good before its message comes; wrong ones cost one read a second', async () => {
  const rig = await open();
  expect((await rig.post(toolCall('x'))).status).toBe(200);
  const made = newAccessToken();
  rig.changeUnheard({ tokens: [{ id: 'made', hash: made.hash, expiresAtMs: null }] });
  rig.passTime(1_000);
  const authorization = `Bearer ${made.token}`;
  expect((await rig.post(toolCall('x'), { authorization })).status).toBe(200);
  const reads = rig.reads();
  const wrong = () => rig.post(toolCall('x'), { authorization: `Bearer ${newAccessToken().token}` });
  for (let i = 0; i < 5; i += 1) expect((await wrong()).status).toBe(401);
  expect(rig.reads()).toBe(reads);
  rig.passTime(1_000);
  await wrong();
  expect(rig.reads()).toBe(reads + 1);
});

test('an unknown deployment is 404, whatever the token', async () => {
  const rig = await open();
  const unknown = rig.url.replace(rig.deploymentId, '00000000-0000-4000-8000-000000000000');
  for (const url of [unknown, `${rig.front.origin}/api/mcp/nonsense`, `${rig.front.origin}/api/mcp/__proto__`]) {
    const response = await fetch(url, {
      method: 'POST',
      headers: { authorization: `Bearer ${rig.token}` },
      body: '{}',
    });
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ error: { data: { code: 'NOT_FOUND' } } });
  }
});

test('an expired token does not open, and ends the stream it had opened', async () => {
  const { machine } = openStreams();
  const fresh = newAccessToken();
  const token = { id: 'short', hash: fresh.hash, expiresAtMs: Date.now() + 60_000 };
  const rig = await open({ machine, route: { tokens: [token] } });
  const headers = { authorization: `Bearer ${fresh.token}` };
  const stream = await rig.fetch({ headers });
  expect(stream.status).toBe(200);
  rig.passTime(61_000);
  expect((await rig.fetch({ headers })).status).toBe(401);
  rig.change({});
  await expect(stream.text()).rejects.toThrow();
});

test('several tokens open one deployment, each as a caller of its own', async () => {
  const principals: unknown[] = [];
  const [a, b] = [newAccessToken(), newAccessToken()];
  const rig = await open({
    machine: (req, res) => {
      principals.push(req.headers['catwalk-principal']);
      answerEmpty(req, res);
    },
    route: {
      tokens: [
        { id: 'a', hash: hashSecret(a.token), expiresAtMs: null },
        { id: 'b', hash: hashSecret(b.token), expiresAtMs: null },
      ],
    },
  });
  for (const { token } of [a, b]) await rig.post(toolCall('t'), { authorization: `bearer ${token}` });
  expect(principals).toEqual(['token:a', 'token:b']);
});

test('a public endpoint needs no token; it counts its callers by address, and named ones by their token', async () => {
  const principals: unknown[] = [];
  const rig = await open({
    machine: (req, res) => {
      principals.push(req.headers['catwalk-principal']);
      answerEmpty(req, res);
    },
    route: { access: 'PUBLIC' },
  });
  expect((await rig.post(toolCall('t'), { authorization: '' })).status).toBe(200);
  expect((await rig.post(toolCall('t'), { authorization: 'Bearer whatever' })).status).toBe(200);
  expect((await rig.post(toolCall('t'))).status).toBe(200);
  expect(principals).toEqual(['address:127.0.0.1', 'address:127.0.0.1', `token:${rig.tokenId}`]);
});

test('a revoked token ends the streams it opened, on both sides, and no others', async () => {
  const { opened, closed, machine } = openStreams();
  const other = newAccessToken();
  const rig = await open({ machine });
  const keep = { id: 'other', hash: other.hash, expiresAtMs: null };
  rig.change({ tokens: [{ id: rig.tokenId, hash: hashSecret(rig.token), expiresAtMs: null }, keep] });
  const revoked = await rig.fetch();
  const kept = await rig.fetch({ headers: { authorization: `Bearer ${other.token}` } });
  rig.change({ tokens: [keep] });
  await expect(revoked.text()).rejects.toThrow();
  await eventually('the machine sees the stream close', () => closed.length === 1);
  expect((await rig.post(toolCall('t'))).status).toBe(401);
  opened[1]?.end('data: still open\n\n');
  expect(await kept.text()).toBe('data: still open\n\n');
});

test('a call under way that loses its right is answered with why', async () => {
  const { opened, machine } = openStreams();
  const rig = await open({ machine });
  const call = await rig.post(toolCall('t', 3));
  await eventually('the call arrived', () => opened.length === 1);
  rig.change({ tokens: [] });
  expect(await call.text()).toContain('"id":3,"error":{"code":-32000,"message":"This token does not open');
});

test.each(['STOPPED', 'DELETING'] as const)('streams end when the deployment is %s', async (status) => {
  const { machine } = openStreams();
  const rig = await open({ machine });
  const stream = await rig.fetch();
  rig.change({ status });
  await expect(stream.text()).rejects.toThrow();
});

test('closing a public endpoint ends its anonymous streams', async () => {
  const { machine } = openStreams();
  const rig = await open({ machine, route: { access: 'PUBLIC' } });
  const stream = await fetch(rig.url);
  rig.change({ access: 'TOKEN' });
  await expect(stream.text()).rejects.toThrow();
});

test('an OAuth endpoint challenges, takes the tokens of its authority, and static ones too', async () => {
  let isConnected = true;
  const { machine, opened } = openStreams();
  const oauth: OAuthAuthority = {
    verify: async (_deploymentId, bearer) =>
      bearer === 'good'
        ? { kind: 'oauth', grantId: 'g', connectionId: 'c', clientId: 'claude', subject: 'ann', expiresAtMs: null }
        : null,
    isLive: async () => isConnected,
    challenge: (id) =>
      `Bearer resource_metadata="https://catwalk.test/.well-known/oauth-protected-resource/api/mcp/${id}"`,
  };
  const rig = await open({ machine, route: { access: 'OAUTH' }, deps: { oauth } });
  const refused = await fetch(rig.url, { headers: { authorization: 'Bearer bad' } });
  expect(refused.status).toBe(401);
  expect(refused.headers.get('www-authenticate')).toContain(`/api/mcp/${rig.deploymentId}"`);
  const stream = await fetch(rig.url, { headers: { authorization: 'Bearer good' } });
  expect(stream.status).toBe(200);
  expect(opened[0]?.req.headers['catwalk-principal']).toBe('oauth:claude:ann');
  expect((await rig.fetch()).status).toBe(200);
  isConnected = false;
  rig.bus.emit('access', rig.deploymentId);
  await expect(stream.text()).rejects.toThrow();
});

test('a foreign Host is refused, on loopback too: DNS rebinding', async () => {
  const rig = await open();
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
  const rig = await open();
  for (const origin of ['https://evil.test', 'null', 'http://localhost.evil.test', 'file://']) {
    const response = await rig.fetch({ headers: { origin } });
    expect(response.status).toBe(403);
    expect(response.headers.get('access-control-allow-origin')).toBeNull();
  }
});

test("a web page's client connects: preflight, then a call whose answer and errors it can read", async () => {
  const origin = 'http://localhost:6274'; // where the MCP inspector's page lives
  const rig = await open({
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
  const rig = await open();
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

test('a caller above its rate receives the time to come back, and others are not held up by it', async () => {
  const other = newAccessToken();
  const rig = await open({ deps: { rateLimit: createRateLimit(2) } });
  rig.change({
    tokens: [
      { id: rig.tokenId, hash: hashSecret(rig.token), expiresAtMs: null },
      { id: 'other', hash: other.hash, expiresAtMs: null },
    ],
  });
  const ask = async (token: string) => (await rig.post(toolCall('t'), { authorization: `Bearer ${token}` })).status;
  expect([await ask(rig.token), await ask(rig.token)]).toEqual([200, 200]);
  const refused = await rig.post(toolCall('t'));
  expect(refused.status).toBe(429);
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(await ask(other.token)).toBe(200);
});

test('guessing ids does not become reading rows', async () => {
  const rig = await open({ deps: { rateLimit: createRateLimit(3) } });
  const statuses = [];
  for (let i = 0; i < 5; i += 1) {
    const url = rig.url.replace(rig.deploymentId, `00000000-0000-4000-8000-00000000000${i}`);
    statuses.push((await fetch(url, { method: 'POST', body: '{}' })).status);
  }
  expect(statuses).toEqual([404, 404, 404, 429, 429]);
  expect(rig.reads()).toBe(3);
});

test('guessing tokens is counted by address', async () => {
  const rig = await open({ deps: { rateLimit: createRateLimit(3) } });
  const guess = async () =>
    (await rig.post(toolCall('t'), { authorization: `Bearer ${newAccessToken().token}` })).status;
  expect([await guess(), await guess(), await guess(), await guess()]).toEqual([401, 401, 401, 429]);
  expect((await rig.post(toolCall('t'))).status).toBe(200);
});

test('addresses of one IPv6 network share one limit', async () => {
  const addresses = ['2001:db8:1:2::1', '2001:db8:1:2::2', '2001:db8:1:2:ffff::3'];
  let requests = 0;
  const addressOf = () => addresses[requests] ?? '';
  const rig = await open({ route: { access: 'PUBLIC' }, deps: { rateLimit: createRateLimit(2), addressOf } });
  const ask = async () => {
    const { status } = await rig.fetch({ method: 'POST', body: '{}', headers: { authorization: '' } });
    requests += 1;
    return status;
  };
  expect([await ask(), await ask(), await ask()]).toEqual([200, 200, 429]);
});

test('a token that is revoked between the check and the start of the call does not get through', async () => {
  const counting = Promise.withResolvers<null>();
  let asked = 0;
  let reached = 0;
  rig = await createRig({
    machine: (_req, res) => {
      reached += 1;
      res.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    },
    deps: {
      rateLimit: {
        consume: (key) => {
          if (key.startsWith('look-up:')) return Promise.resolve(null);
          asked += 1;
          return counting.promise;
        },
      },
    },
  });
  const call = rig.post(toolCall('t'));
  await eventually('the token is accepted', () => asked === 1);
  rig.change({ tokens: [] });
  counting.resolve(null);
  expect((await call).status).toBe(401);
  expect(reached).toBe(0);
});
