import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openTestDatabase } from '#prisma/test-database.testing.ts';
import { openTestApp, type TestApp } from '../compose/app.testing.ts';
import { createParts, type PartName } from '../health/parts.ts';
import { createHealth } from './health.ts';

const facts = { version: '1.0.0', database: 'embedded', machines: 'local' } as const;

test('only the database makes it 503, however many other parts are down', async () => {
  const database = await openTestDatabase();
  const parts = createParts(() => new Date());
  const health = createHealth({ prisma: database.prisma, facts, parts, mayReadParts: async () => true });
  const server = createServer(express().get('/', health)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // it listens on TCP
  const ask = async () => {
    const answer = await fetch(`http://127.0.0.1:${port}/`);
    return { code: answer.status, body: await answer.json() };
  };
  const others: PartName[] = ['events', 'machines', 'reconciler'];
  for (const name of others) parts.report(name, 'down', 'away');
  const up = await ask();
  expect(up).toMatchObject({ code: 200, body: { status: 'healthy', ...facts } });
  for (const name of others) expect(up.body.parts).toContainEqual(expect.objectContaining({ name, state: 'down' }));
  expect(up.body.parts).toContainEqual(expect.objectContaining({ name: 'database', state: 'up' }));

  await database.close();
  for (const name of others) parts.report(name, 'up');
  const down = await ask();
  expect(down).toMatchObject({ code: 503, body: { status: 'unhealthy', ...facts } });
  expect(down.body.parts).toContainEqual(expect.objectContaining({ name: 'database', state: 'down' }));
  server.close();
  server.closeAllConnections();
});

describe('the parts', () => {
  const TOKEN = 'what-only-Prometheus-knows';
  let rig: TestApp;
  beforeAll(async () => {
    rig = await openTestApp({ METRICS_TOKEN: TOKEN });
  });
  afterAll(() => rig.close());

  const ask = async (bearer: string | null) => {
    const headers: HeadersInit = bearer === null ? {} : { authorization: `Bearer ${bearer}` };
    const answer = await fetch(`${rig.origin}/api/health`, { headers });
    expect(answer.status).toBe(200);
    return (await answer.json()) as { status: string; parts?: { name: string; state: string; since: string }[] }; // as documented
  };

  test('are shown to Prometheus and to administrators', async () => {
    const { token: administrator } = await rig.tokenFor(rig.owner.id, 'READ');
    for (const bearer of [TOKEN, administrator]) {
      const { status, parts = [] } = await ask(bearer);
      expect(status).toBe('healthy');
      expect(parts.map(({ name }) => name)).toEqual(['database', 'events', 'machines', 'reconciler']);
      expect(parts.filter(({ state }) => state === 'down')).toEqual([]);
      for (const { since } of parts) expect(Date.parse(since)).toBeLessThanOrEqual(Date.now());
    }
  });

  test('the reconciler and the event bus are up in a server that works', async () => {
    const stateOf = async (wanted: string) => (await ask(TOKEN)).parts?.find(({ name }) => name === wanted)?.state;
    await expect.poll(() => stateOf('reconciler')).toBe('up');
    expect(await stateOf('events')).toBe('up');
  });

  test('are hidden from everyone else', async () => {
    const { token: member } = await rig.addUser('ada');
    for (const bearer of [null, 'guess', member]) expect(await ask(bearer)).not.toHaveProperty('parts');
  });
});
