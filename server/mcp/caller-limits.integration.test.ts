import { expect, test } from 'vitest';
import { newAccessToken } from '#server/domain/access/token.ts';
import { hashSecret } from '#server/domain/secret-hash.ts';
import { openRig } from './access.testing.ts';
import { createRateLimit } from './rate-limit.ts';
import { toolCall } from './test-rig.ts';

test('a caller above its rate receives the time to come back, and others are not held up by it', async () => {
  const other = newAccessToken();
  const rig = await openRig({ deps: { rateLimit: createRateLimit(2) } });
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
  const rig = await openRig({ deps: { rateLimit: createRateLimit(3) } });
  const statuses = [];
  for (let i = 0; i < 5; i += 1) {
    const url = rig.url.replace(rig.deploymentId, `00000000-0000-4000-8000-00000000000${i}`);
    statuses.push((await fetch(url, { method: 'POST', body: '{}' })).status);
  }
  expect(statuses).toEqual([404, 404, 404, 429, 429]);
  expect(rig.reads()).toBe(3);
});

test('guessing tokens is counted by address', async () => {
  const rig = await openRig({ deps: { rateLimit: createRateLimit(3) } });
  const guess = async () =>
    (await rig.post(toolCall('t'), { authorization: `Bearer ${newAccessToken().token}` })).status;
  expect([await guess(), await guess(), await guess(), await guess()]).toEqual([401, 401, 401, 429]);
  expect((await rig.post(toolCall('t'))).status).toBe(200);
});

test('addresses of one IPv6 network share one limit', async () => {
  const addresses = ['2001:db8:1:2::1', '2001:db8:1:2::2', '2001:db8:1:2:ffff::3'];
  let requests = 0;
  const addressOf = () => addresses[requests] ?? '';
  const rig = await openRig({ route: { access: 'PUBLIC' }, deps: { rateLimit: createRateLimit(2), addressOf } });
  const ask = async () => {
    const { status } = await rig.fetch({ method: 'POST', body: '{}', headers: { authorization: '' } });
    requests += 1;
    return status;
  };
  expect([await ask(), await ask(), await ask()]).toEqual([200, 200, 429]);
});
