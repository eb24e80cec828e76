import { expect, test } from 'vitest';
import { eventually } from '#deploy/eventually.testing.ts';
import { newAccessToken } from '#server/domain/access/token.ts';
import { hashSecret } from '#server/domain/secret-hash.ts';
import { answerEmpty, openRig, openStreams } from './access.testing.ts';
import type { OAuthAuthority } from './access.ts';
import { toolCall } from './test-rig.ts';

test.each([
  ['no token', {}],
  ['a wrong token', { authorization: `Bearer ${newAccessToken().token}` }],
  ['another scheme', { authorization: 'Basic eA==' }],
  ['an empty token', { authorization: 'Bearer ' }],
])('%s: 401 with a sentence, and nothing reaches the machine', async (_what, headers) => {
  let seen = 0;
  const rig = await openRig({ machine: () => (seen += 1) });
  const response = await fetch(rig.url, { method: 'POST', headers, body: '{}' });
  expect(response.status).toBe(401);
  expect(response.headers.get('www-authenticate')).toMatch(/^Bearer realm="Catwalk"/);
  expect(await response.json()).toMatchObject({ jsonrpc: '2.0', error: { message: expect.stringMatching(/token/) } });
  expect(seen).toBe(0);
});

test('a token that another instance made is good before its message comes; wrong ones cost one read a second', async () => {
  const rig = await openRig();
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
  const rig = await openRig();
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
  const rig = await openRig({ machine, route: { tokens: [token] } });
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
  const rig = await openRig({
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
  const rig = await openRig({
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
  const rig = await openRig({ machine });
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
  const rig = await openRig({ machine });
  const call = await rig.post(toolCall('t', 3));
  await eventually('the call arrived', () => opened.length === 1);
  rig.change({ tokens: [] });
  expect(await call.text()).toContain('"id":3,"error":{"code":-32000,"message":"This token does not open');
});

test.each(['STOPPED', 'DELETING'] as const)('streams end when the deployment is %s', async (status) => {
  const { machine } = openStreams();
  const rig = await openRig({ machine });
  const stream = await rig.fetch();
  rig.change({ status });
  await expect(stream.text()).rejects.toThrow();
});

test('closing a public endpoint ends its anonymous streams', async () => {
  const { machine } = openStreams();
  const rig = await openRig({ machine, route: { access: 'PUBLIC' } });
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
  const rig = await openRig({ machine, route: { access: 'OAUTH' }, deps: { oauth } });
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

test('a token that is revoked between the check and the start of the call does not get through', async () => {
  const counting = Promise.withResolvers<null>();
  let asked = 0;
  let reached = 0;
  const rig = await openRig({
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
