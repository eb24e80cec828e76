import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTestApp, type TestApp } from '../compose/app.testing.ts';
import { DEFAULT_EXCHANGE_CAPS } from '../mcp/open-exchanges.ts';
import { createRig, toolCall } from '../mcp/test-rig.ts';
import { MANY_PEOPLE } from './browser.testing.ts';
import { createClientAddress } from './client-address.ts';
import { startFlyEdge } from './fly-edge.testing.ts';

/** More than one address may try within a quarter of an hour. */
const WRONG_LINKS = 62;
const STREAMS = 2_000;
const BATCH = 100;

let rig: TestApp;
let edge: Awaited<ReturnType<typeof startFlyEdge>>;
beforeAll(async () => {
  rig = await openTestApp({ ...MANY_PEOPLE, TRUST_PROXY: 'fly', LOG_LEVEL: 'silent' });
  edge = await startFlyEdge(rig.app.port);
});
afterAll(async () => {
  await edge?.close();
  await rig?.close();
});

type Caller = ReturnType<typeof edge.callerAt>;
const guess = (caller: Caller) =>
  caller('/api/auth/sign-in/link', {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'fly-client-ip': '203.0.113.99', 'x-forwarded-for': '203.0.113.99' },
    body: '{"token":"wrong"}',
  });

test('a caller who is shut out of sign-in behind Fly does not shut out others', async () => {
  const attacker = edge.callerAt(7);
  const statuses: number[] = [];
  for (let attempt = 0; attempt < WRONG_LINKS; attempt += 1) statuses.push((await guess(attacker)).status);
  expect(statuses[0]).toBe(401);
  expect(statuses.at(-1)).toBe(429);
  expect((await guess(edge.callerAt(9))).status).toBe(401);
  const token = new URL(rig.app.signInUrl ?? '').searchParams.get('token') ?? '';
  const administrator = await edge.callerAt(8)('/sign-in', { method: 'POST', body: new URLSearchParams({ token }) });
  expect(administrator.headers.get('location')).toBe('/');
  const audited = await rig.prisma.auditEvent.findFirstOrThrow({ where: { type: 'user.signed-in' } });
  expect(audited.ip).toBe('203.0.113.8');
});

test('strangers who call a public deployment behind Fly are different principals', async () => {
  const principals: unknown[] = [];
  const endpoint = await createRig({
    route: { access: 'PUBLIC' },
    deps: { addressOf: createClientAddress('fly') },
    machine: (req, res) => {
      principals.push(req.headers['catwalk-principal']);
      res.writeHead(200, { 'content-type': 'application/json' }).end('{"jsonrpc":"2.0","id":1,"result":{}}');
    },
  });
  const proxy = await startFlyEdge(endpoint.front.port);
  const path = new URL(endpoint.url).pathname;
  const headers = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };
  const body = JSON.stringify(toolCall('echo'));
  try {
    for (const n of [7, 9, 7]) {
      const answer = await proxy.callerAt(n)(path, { method: 'POST', headers, body });
      expect(answer.status).toBe(200);
      await answer.text();
    }
  } finally {
    await proxy.close();
    await endpoint.close();
  }
  expect(principals).toEqual(['address:203.0.113.7', 'address:203.0.113.9', 'address:203.0.113.7']);
});

const hardLimitOf = async (): Promise<number> => {
  const text = await readFile(new URL('../../fly.toml', import.meta.url), 'utf8');
  return Number(/hard_limit = (\d+)/.exec(text)?.[1]);
};

test('two thousand idle streams leave room for calls within the limits of fly.toml', { timeout: 120_000 }, async () => {
  const endpoint = await createRig({
    machine: (req, res) => {
      req.resume();
      if (req.method === 'POST') {
        res.writeHead(200, { 'content-type': 'application/json' }).end('{"jsonrpc":"2.0","id":1,"result":{}}');
        return;
      }
      res.writeHead(200, { 'content-type': 'text/event-stream' });
      res.write(': open\n\n');
    },
    deps: { caps: { ...DEFAULT_EXCHANGE_CAPS, perDeployment: STREAMS + 1, perNetwork: STREAMS + 1 } },
  });
  const proxy = await startFlyEdge(endpoint.front.port, { hardLimit: await hardLimitOf() });
  const path = new URL(endpoint.url).pathname;
  const headers = { authorization: `Bearer ${endpoint.token}`, accept: 'application/json, text/event-stream' };
  const left = new AbortController();
  try {
    const caller = proxy.callerAt(7);
    const streams: unknown[] = []; // an answer that nobody holds is closed
    for (let opened = 0; opened < STREAMS; opened += BATCH) {
      const answers = await Promise.all(
        Array.from({ length: BATCH }, () => caller(path, { headers, signal: left.signal })),
      );
      expect(answers.every(({ status }) => status === 200)).toBe(true);
      streams.push(...answers);
    }
    expect([streams.length, proxy.open()]).toEqual([STREAMS, STREAMS]);
    const body = JSON.stringify(toolCall('echo'));
    const call = await caller(path, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body,
    });
    expect(call.status).toBe(200);
  } finally {
    left.abort();
    await proxy.close();
    await endpoint.close();
  }
});

test('the proxy of these tests refuses what is beyond its limit', async () => {
  const proxy = await startFlyEdge(rig.app.port, { hardLimit: 0 });
  expect((await proxy.callerAt(7)('/api/live')).status).toBe(503);
  await proxy.close();
});
