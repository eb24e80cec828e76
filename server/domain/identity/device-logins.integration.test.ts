import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '#prisma/client.ts';
import { openTestDatabase } from '#prisma/test-database.testing.ts';
import type { Actor } from '../actor.ts';
import { createApiTokenService } from './api-tokens.ts';
import { createAttempts } from './attempts.ts';
import { createDeviceLogins, type DeviceLogins } from './device-logins.ts';

let database: Database;
let logins: DeviceLogins;
let nowMs = Date.parse('2026-06-01T00:00:00Z');
beforeAll(async () => {
  database = await openTestDatabase();
  await database.prisma.user.create({ data: { id: 'ann', name: 'Ann', email: 'ann@example.com' } });
  const { prisma, transaction } = database;
  const clock = () => new Date(nowMs);
  const apiTokens = createApiTokenService({ prisma, transaction, events: { publish: async () => {} }, clock });
  logins = createDeviceLogins({ prisma, transaction, apiTokens, attempts: createAttempts({ prisma, clock }), clock });
});
afterAll(() => database?.close());

const start = (address: string) => {
  nowMs += 1;
  return logins.start({ name: 'laptop', scope: 'READ', address });
};
const stateOf = async ({ deviceCode }: { deviceCode: string }) => (await logins.poll(deviceCode)).state;

test('the oldest waiting codes of one network, an IPv6 /64 included, make room for its newer ones', async () => {
  const actor: Actor = { userId: 'ann', role: 'MEMBER', scope: 'WRITE', via: 'session', ip: null };
  const elsewhere = await start('203.0.113.7');
  const allowed = await start('2001:db8:1:2::1');
  await logins.allow(actor, allowed.userCode, { scope: 'READ', days: 1 });
  const codes = [];
  for (let host = 1; host <= 21; host += 1) codes.push(await start(`2001:db8:1:2::${host.toString(16)}`));
  const [oldest, second] = codes;
  const newest = codes.at(-1);
  if (!oldest || !second || !newest) throw new Error('There are no codes.');
  expect(await stateOf(oldest)).toBe('expired');
  expect(await stateOf(second)).toBe('pending');
  expect(await stateOf(newest)).toBe('pending');
  expect(await stateOf(elsewhere)).toBe('pending');
  expect(await stateOf(allowed)).toBe('allowed');
});
