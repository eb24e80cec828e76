import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { expect, test } from 'vitest';
import { openTestDatabase } from '#prisma/test-database.testing.ts';
import { createHealth } from './health.ts';

test('says 200 while the database answers and 503 when it is away', async () => {
  const database = await openTestDatabase();
  const facts = { version: '1.0.0', database: 'embedded', machines: 'local' } as const;
  const server = createServer(express().get('/', createHealth(database.prisma, facts))).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // it listens on TCP
  const ask = async () => {
    const answer = await fetch(`http://127.0.0.1:${port}/`);
    return { code: answer.status, body: await answer.json() };
  };
  expect(await ask()).toEqual({ code: 200, body: { status: 'healthy', ...facts } });
  await database.close();
  expect(await ask()).toEqual({ code: 503, body: { status: 'unhealthy', ...facts } });
  server.close();
  server.closeAllConnections();
});
