import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTestApp, type TestApp } from '../compose/app.testing.ts';
import { createRig, toolCall } from '../mcp/test-rig.ts';
import { MANY_PEOPLE } from './browser.testing.ts';
import { createClientAddress } from './client-address.ts';
import { startFlyEdge } from './fly-edge.testing.ts';

/** More than one address may try within a quarter of an hour. */
const WRONG_LINKS = 62;

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
