import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { KeptSession } from '#deploy/host/contract.ts';
import { openRows, type Rows } from '../testing/rows-in-database.testing.ts';
import { createAsleepSessions } from './kept-session.ts';

let rows: Rows;
let id: string;
beforeAll(async () => {
  rows = await openRows();
});
afterAll(() => rows?.close());
beforeEach(async () => {
  id = (await rows.addDeployment({ status: 'ASLEEP', phase: null })).id;
});

const session = (name: string, principal = 'a'): KeptSession => ({
  id: name,
  principal,
  protocolVersion: '2025-11-25',
  initialize: '{}',
  remembered: [],
});
const open = (name: string, principal?: string) =>
  createAsleepSessions(rows.prisma).open(id, 'm1', session(name, principal));
const kept = () => rows.prisma.keptSession.findMany({ where: { deploymentId: id }, orderBy: { sessionId: 'asc' } });

test('keeps a session for the next wake', async () => {
  expect(await open('s1')).toBe(true);
  expect(await kept()).toMatchObject([{ machineId: 'm1', sessionId: 's1', session: session('s1') }]);
});

test.each([
  { status: 'RUNNING', phase: null },
  { status: 'ASLEEP', phase: 'STARTING_MACHINE' },
] as const)('keeps none for a deployment that is %j', async (columns) => {
  await rows.setDeployment(id, columns);
  expect([await open('s1'), await kept()]).toEqual([false, []]);
});

test('keeps a thousand sessions, and no more', async () => {
  const data = Array.from({ length: 999 }, (_, at) => ({
    deploymentId: id,
    machineId: 'm1',
    sessionId: `old${at}`,
    session: { principal: 'a' },
  }));
  await rows.prisma.keptSession.createMany({ data });
  expect([await open('s1'), await open('s2')]).toEqual([true, false]);
});

test('forgets a session of its own principal only', async () => {
  const { end } = createAsleepSessions(rows.prisma);
  await open('s1', 'a');
  await open('s2', 'a');
  await end(id, 's1', 'b');
  expect(await kept()).toHaveLength(2);
  await end(id, 's1', 'a');
  expect((await kept()).map(({ sessionId }) => sessionId)).toEqual(['s2']);
});

test('a NUL in what a client sent does not fail the database', async () => {
  const named = { ...session('s1'), initialize: 'a\0b' };
  expect(await createAsleepSessions(rows.prisma).open(id, 'm1', named)).toBe(true);
});
