import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { makeTestDatabase, type TestDatabase } from '#prisma/test-database.testing.ts';
import { readEnv } from '../env.ts';
import { createLog } from '../logging/log.ts';
import { holdDataFolder } from '../process/data-folder.ts';
import { StartError } from '../process/start-error.ts';
import { createApp } from './app.ts';

let dataDir: string;
let database: TestDatabase;
beforeEach(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'catwalk-start-'));
  database = await makeTestDatabase(dataDir);
});
afterEach(async () => {
  await database.drop();
  await rm(dataDir, { recursive: true, force: true });
});

const start = (variables: Record<string, string> = {}) =>
  createApp({
    env: readEnv({ PORT: '0', CATWALK_DATA_DIR: dataDir, LOG_LEVEL: 'silent', ...database.variables, ...variables }),
    log: createLog('silent'),
    environment: {},
  });
const failureOf = (starting: Promise<unknown>): Promise<unknown> => starting.then(() => null).catch((error) => error);
const modeOf = async (name: string) => ((await stat(path.join(dataDir, name))).mode & 0o777).toString(8);

describe('the first start', () => {
  test('makes secrets and a CLI token for this user alone, which the next start keeps', async () => {
    const first = await start();
    const cli = JSON.parse(await readFile(path.join(dataDir, 'cli.json'), 'utf8'));
    expect(cli).toEqual({ url: `http://localhost:${first.port}`, token: expect.stringMatching(/^cw_/) });
    expect([await modeOf('cli.json'), await modeOf('secrets.json')]).toEqual(['600', '600']);
    const secrets = await readFile(path.join(dataDir, 'secrets.json'), 'utf8');
    await first.close();

    const second = await start();
    expect(await readFile(path.join(dataDir, 'secrets.json'), 'utf8')).toBe(secrets);
    const again = JSON.parse(await readFile(path.join(dataDir, 'cli.json'), 'utf8'));
    expect(again).toEqual({ url: `http://localhost:${second.port}`, token: cli.token });
    const answer = await fetch(`http://127.0.0.1:${second.port}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${cli.token}` },
      body: '{"query":"{ viewer { role } }"}',
    });
    expect(await answer.json()).toEqual({ data: { viewer: { role: 'ADMIN' } } });
    expect(second.signInUrl).not.toBe(first.signInUrl);
    await second.close();
    expect((await readdir(dataDir)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  test('is the one whose key counts: a later start with another key refuses the database', async () => {
    const key = (byte: number) => Buffer.alloc(32, byte).toString('base64');
    await (await start({ ENCRYPTION_KEY: key(1) })).close();
    const failure = await failureOf(start({ ENCRYPTION_KEY: key(2) }));
    expect(failure).toBeInstanceOf(StartError);
    expect(failure).toMatchObject({ hint: expect.stringContaining('ENCRYPTION_KEY') });
    await (await start({ ENCRYPTION_KEY: `${key(2)} ${key(1)}` })).close(); // a ring that has both
  });
});

describe('a start that cannot succeed says why', () => {
  test('the port is in use', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo; // it listens on TCP
    const failure = await failureOf(start({ PORT: String(port) }));
    expect(failure).toMatchObject({ message: `Port ${port} is in use.`, hint: expect.stringContaining('PORT=') });
    other.close();
  });

  test('another server uses the data folder', async () => {
    const held = await holdDataFolder(dataDir);
    const failure = await failureOf(start());
    expect(failure).toBeInstanceOf(StartError);
    expect(failure).toMatchObject({ hint: expect.stringContaining('CATWALK_DATA_DIR') });
    await held.release();
  });

  test('the database is not there', async () => {
    const failure = await failureOf(start({ DATABASE_URL: 'postgres://nobody:sentinel@127.0.0.1:1/catwalk' }));
    expect(failure).toMatchObject({ message: expect.stringContaining('127.0.0.1:1') });
    expect(String(failure)).not.toContain('sentinel');
  });
});

test('closing ends open streams and sockets, and releases the folder', async () => {
  const app = await start();
  const { token } = JSON.parse(await readFile(path.join(dataDir, 'cli.json'), 'utf8'));
  const answer = await fetch(`http://127.0.0.1:${app.port}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream', authorization: `Bearer ${token}` },
    body: '{"query":"subscription { deploymentsChanged { status } }"}',
  });
  expect(answer.status).toBe(200);
  const drained = answer.text().catch(() => 'cut off');
  await app.close();
  await drained;
  await (await holdDataFolder(dataDir)).release();
});
