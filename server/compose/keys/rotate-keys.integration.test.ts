import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { countEnvelopes } from '#server/domain/credentials/rotate.ts';
import { readEnv } from '../../env.ts';
import { openStorage } from '../storage.ts';
import { rotateKeys } from './rotate-keys.ts';

/** On the embedded database alone: with several servers on one, the keys are not theirs to make. tests/keys has those. */
let dataDir: string;
beforeAll(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'cw-keys-'));
});
afterAll(() => rm(dataDir, { recursive: true, force: true }));

const env = (variables: Record<string, string> = {}) => readEnv({ CATWALK_DATA_DIR: dataDir, ...variables });
const keptKeys = async () =>
  (JSON.parse(await readFile(path.join(dataDir, 'secrets.json'), 'utf8')) as { encryptionKey: string }).encryptionKey;

test('a server that keeps its own key gets a fresh one, uses it at once, and drops the old one', async () => {
  const storage = await openStorage(env(), dataDir);
  const before = await keptKeys();
  const sealed = await storage.envelopes.seal('a secret', { purpose: 'setting', subject: 'x', version: 1 });
  await storage.database.prisma.installationSettings.create({
    data: { webhookSecret: sealed, webhookSecretVersion: 1 },
  });
  const { kid, envelopes } = await rotateKeys({ ...storage, env: env(), dataDir, ownerId: storage.owner.id }, 'system');
  expect(envelopes).toBe(2);
  expect([...(await countEnvelopes(storage.database))]).toEqual([[kid, 2]]);
  const row = await storage.database.prisma.installationSettings.findFirstOrThrow();
  const context = { purpose: 'setting', subject: 'x', version: 1 } as const;
  expect(await storage.envelopes.open(row.webhookSecret ?? '', context)).toBe('a secret');
  const after = await keptKeys();
  expect(after).not.toContain(before);
  expect(after).not.toContain(',');
  expect((await stat(path.join(dataDir, 'secrets.json'))).mode & 0o777).toBe(0o600);
  await storage.database.close();
});

test('a start without one of the keys in use is refused, and says which one is missing', async () => {
  const wrong = `other:${Buffer.alloc(32, 1).toString('base64')}`;
  await expect(openStorage(env({ ENCRYPTION_KEY: wrong }), dataDir)).rejects.toMatchObject({
    name: 'StartError',
    message: expect.stringMatching(/key "local-\w+" is missing, which 2 secrets/),
  });
});

test('a start with another key under the same name is refused too', async () => {
  const [kid] = (await keptKeys()).split(':');
  const wrong = `${kid}:${Buffer.alloc(32, 1).toString('base64')}`;
  await expect(openStorage(env({ ENCRYPTION_KEY: wrong }), dataDir)).rejects.toMatchObject({
    name: 'StartError',
    message: expect.stringContaining('not the one'),
  });
});
