import { spawn } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDatabase } from '#prisma/client.ts';
import { startPostgres, type TestPostgres } from '#prisma/test-postgres.testing.ts';
import { createEnvelopes } from '#server/domain/credentials/envelope.ts';
import { createKeyRing } from '#server/domain/credentials/key-ring.ts';
import { countEnvelopes, ENVELOPE_COLUMNS } from '#server/domain/credentials/rotate.ts';
import { writeGreeter } from '../cli/greeter.ts';
import { catwalk, makeDataDir, removeDataDir, type ServerProcess, startServer } from '../main-job/server-process.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const OLD = `old:${randomBytes(32).toString('base64')}`;
const NEW = `new:${randomBytes(32).toString('base64')}`;
const SEEDED = 2_000;

let postgres: TestPostgres;
let dataDir: string;
let server: ServerProcess | null = null;
beforeAll(async () => {
  postgres = await startPostgres();
  dataDir = await makeDataDir();
});
afterAll(async () => {
  await server?.kill('SIGKILL');
  await postgres?.stop();
  if (dataDir) await removeDataDir(dataDir);
});

const variables = (keys: string) => ({ DATABASE_URL: postgres.url, ENCRYPTION_KEY: keys, MACHINES: 'local' });
const start = async (keys: string): Promise<ServerProcess> => {
  server = await startServer(dataDir, variables(keys));
  return server;
};
const rotate = (keys: string) =>
  spawn(process.execPath, ['scripts/rotate-keys.ts'], {
    cwd: ROOT,
    env: { ...process.env, NODE_ENV: '', CATWALK_DATA_DIR: path.join(dataDir, 'rotation'), ...variables(keys) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
const greeter = () => path.join(dataDir, 'greeter');
const deploy = async (name: string) =>
  (await catwalk(dataDir, [
    'deploy',
    greeter(),
    '--name',
    name,
    '--accept-unverified',
    '--env',
    `GREETER_NAME=${name}`,
  ])) as {
    databaseId: string;
    status: string;
  }; // what `deploy --json` prints

test('seals everything again under load, through a kill -9, so that the old key can be removed', {
  timeout: 300_000,
}, async () => {
  await writeGreeter(greeter());
  const before = await start(OLD);
  const first = await deploy('first');
  await before.kill('SIGTERM');

  const database = await openDatabase({ kind: 'postgres', url: postgres.url });
  const { prisma } = database;
  try {
    // Older versions of credentials, as a busy installation has them.
    const old = createEnvelopes(createKeyRing(OLD));
    const rows = await Promise.all(
      Array.from({ length: SEEDED }, async (_, index) => {
        const version = index + 100;
        const context = { purpose: 'credentials', subject: first.databaseId, version } as const;
        return {
          deploymentId: first.databaseId,
          version,
          names: [],
          envelope: await old.seal(`secret ${index}`, context),
        };
      }),
    );
    await prisma.credentialSet.createMany({ data: rows });

    const during = await start(`${NEW},${OLD}`);
    const stop = new AbortController();
    const load = (async () => {
      const deployed: string[] = [];
      for (let round = 0; !stop.signal.aborted || round < 1; round += 1) {
        deployed.push((await deploy(`during ${round}`)).status);
        await catwalk(dataDir, ['restart', first.databaseId]);
      }
      return deployed;
    })();

    const killed = rotate(`${NEW},${OLD}`);
    const exited = once(killed, 'exit');
    await expect
      .poll(async () => (await countEnvelopes(database)).get('new') ?? 0, { timeout: 60_000 })
      .toBeGreaterThan(300);
    killed.kill('SIGKILL');
    await exited;
    expect((await countEnvelopes(database)).get('old'), 'it was in the middle').toBeGreaterThan(0);

    const [code] = await once(rotate(`${NEW},${OLD}`), 'exit');
    expect(code).toBe(0);
    stop.abort();
    expect(new Set(await load)).toEqual(new Set(['RUNNING']));
    expect([...(await countEnvelopes(database)).keys()]).toEqual(['new']);

    const fresh = createEnvelopes(createKeyRing(NEW));
    for (const { version, envelope } of await prisma.credentialSet.findMany({ where: { version: { gte: 100 } } })) {
      const context = { purpose: 'credentials', subject: first.databaseId, version } as const;
      expect(await fresh.open(envelope, context)).toBe(`secret ${version - 100}`);
    }
    expect(await prisma.auditEvent.count({ where: { type: 'keys.rotated' } })).toBe(1);
    await during.kill('SIGTERM');

    await expect(start(OLD), 'with a wrong key').rejects.toThrow('before it was ready');
    const after = await start(NEW);
    expect(((await catwalk(dataDir, ['restart', first.databaseId])) as { status: string }).status).toBe('RUNNING');
    await after.kill('SIGTERM');
  } finally {
    await database.close();
  }
});

test('knows every column that holds envelopes', async () => {
  const database = await openDatabase({ kind: 'postgres', url: postgres.url });
  try {
    const { prisma } = database;
    const columns = await prisma.$queryRaw<{ table: string; column: string }[]>`
      SELECT table_name AS table, column_name AS column FROM information_schema.columns
      WHERE table_schema = 'public' AND data_type IN ('text', 'character varying')`;
    const holding: string[] = [];
    const envelopes = createEnvelopes(createKeyRing(NEW));
    const sealed = await envelopes.seal('x', { purpose: 'setting', subject: randomUUID(), version: 1 });
    const userId = (await prisma.user.findFirstOrThrow()).id;
    await prisma.serviceKey.create({
      data: { userId, service: 'GITHUB', version: 1, envelope: sealed, ending: '', facts: {}, checkedAt: new Date() },
    });
    await prisma.installationSettings.upsert({
      where: { id: 'installation' },
      create: { webhookSecret: sealed },
      update: { webhookSecret: sealed },
    });
    const deploymentId = (await prisma.deployment.findFirstOrThrow()).id;
    const at = new Date();
    await prisma.personalValues.create({ data: { deploymentId, userId, envelope: sealed, names: ['API_KEY'] } });
    await prisma.remoteConnection.create({
      data: {
        deploymentId,
        issuer: 'https://auth.example.com',
        envelope: sealed,
        version: 1,
        connectedAt: at,
        renewedAt: at,
      },
    });
    await prisma.callBodies.create({ data: { id: randomUUID(), deploymentId, at, envelope: sealed } });
    await prisma.remoteSignIn.create({
      data: { stateHash: Buffer.alloc(32, 1), deploymentId, userId, envelope: sealed, expiresAt: at },
    });
    const hashes = { keyHash: 'a'.repeat(64), inputHash: 'b'.repeat(64) };
    await prisma.deployRequest.create({
      data: { ...hashes, ownerId: userId, deploymentId, accessToken: sealed, expiresAt: at },
    });
    for (const { table, column } of columns) {
      const rows = await prisma.$queryRawUnsafe<unknown[]>(
        `SELECT 1 FROM "${table}" WHERE "${column}" ~ '^eyJ[A-Za-z0-9_-]+\\.[A-Za-z0-9_.-]+$' LIMIT 1`,
      );
      if (rows.length > 0) holding.push(`${table}.${column}`);
    }
    expect(holding.sort()).toEqual(ENVELOPE_COLUMNS.map((one) => one.join('.')).sort());
  } finally {
    await database.close();
  }
});
