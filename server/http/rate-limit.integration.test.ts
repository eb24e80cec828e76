import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTestApp, type TestApp } from '../compose/app.testing.ts';
import { CALLERS_PER_ADDRESS } from './rate-limit.ts';

const PER_MINUTE = 5;
let rig: TestApp;

beforeAll(async () => {
  rig = await openTestApp({ RATE_LIMIT_PER_MINUTE: String(PER_MINUTE) });
});
afterAll(() => rig?.close());

const statusAs = async (token: string | null) => {
  const answer = await fetch(`${rig.origin}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token === null ? {} : { authorization: `Bearer ${token}` }) },
    body: JSON.stringify({ query: '{ viewer { id } }' }),
  });
  await answer.body?.cancel();
  return { status: answer.status, retryAfter: answer.headers.get('retry-after') };
};

test('limits a caller over HTTP and WebSocket together, and not the others', async () => {
  const { token } = await rig.addUser('ann');
  // connecting is asking too, since the token is looked up
  for (let at = 2; at < PER_MINUTE; at += 1) expect((await statusAs(token)).status).toBe(200);
  const viewer = () => rig.follow(token, '{ viewer { name } }').next();
  expect((await viewer()).value).toMatchObject({ data: { viewer: { name: 'ann' } } });
  await expect(viewer()).rejects.toMatchObject({ code: 1013, reason: 'Too many requests' });
  expect(await statusAs(token)).toEqual({ status: 429, retryAfter: expect.stringMatching(/^\d+$/) });
  expect((await statusAs((await rig.addUser('bob')).token)).status).toBe(200);
});

test('limits those who ask for icons', async () => {
  const { token } = await rig.addUser('fay');
  const statuses = new Set<number>();
  for (let at = 0; at <= PER_MINUTE; at += 1) {
    const headers = { authorization: `Bearer ${token}` };
    statuses.add((await fetch(`${rig.origin}/api/icons/registry?name=a`, { headers })).status);
  }
  expect([...statuses]).toEqual([404, 429]);
});

test('counts each field of a mutation as a request, over HTTP and WebSocket', async () => {
  const restarts = (count: number) =>
    `mutation { ${Array.from({ length: count }, (_, n) => `a${n}: restartDeployment(id: "x") { __typename }`).join(' ')} }`;
  const codeOf = (answer: unknown) => /"code":"(\w+)"/.exec(JSON.stringify(answer))?.[1] ?? null;
  const [first, second, third] = await Promise.all(['cyd', 'dan', 'eve'].map(rig.addUser));
  const overSocket = await rig
    .follow(first?.token ?? '', restarts(PER_MINUTE))
    .next()
    .catch((error: unknown) => error);
  expect(codeOf(overSocket)).toBe('LIMIT_REACHED'); // connecting and the operation itself were counted before
  expect(codeOf(await rig.ask(second?.token ?? '', restarts(PER_MINUTE)))).toBeNull();
  expect((await statusAs(second?.token ?? '')).status).toBe(429);
  expect(codeOf(await rig.ask(third?.token ?? '', restarts(200)))).toBe('LIMIT_REACHED');
});

test('limits an address whatever credentials it makes up', async () => {
  const statuses = new Set<number>();
  for (let at = 0; at <= PER_MINUTE * CALLERS_PER_ADDRESS; at += 1) statuses.add((await statusAs(`cw_${at}`)).status);
  expect(statuses).toContain(429);
});
