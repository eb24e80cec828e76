import { randomBytes, randomUUID } from 'node:crypto';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { isDiskFull } from '#prisma/disk-full.ts';
import { Secret } from '#server/domain/credentials/secret.ts';
import type { Env } from '../../env.ts';
import { diskFull } from '../../process/disk-full.ts';
import { StartError } from '../../process/start-error.ts';

const FILE = 'secrets.json';
const KEY_BYTES = 32;
const keptSchema = z.object({ encryptionKey: z.string(), authSecret: z.string() });

export type Secrets = { encryptionKey: Secret; authSecret: Secret };

/** The secrets of the environment; those it lacks are made once and kept in the data folder, readable by its user alone. */
export async function ensureSecrets(
  env: Pick<Env, 'ENCRYPTION_KEY' | 'AUTH_SECRET'>,
  dataDir: string,
): Promise<Secrets> {
  if (env.ENCRYPTION_KEY && env.AUTH_SECRET) {
    return { encryptionKey: env.ENCRYPTION_KEY, authSecret: env.AUTH_SECRET };
  }
  const kept = (await readKept(dataDir)) ?? (await makeKept(dataDir));
  return {
    encryptionKey: env.ENCRYPTION_KEY ?? new Secret(kept.encryptionKey),
    authSecret: env.AUTH_SECRET ?? new Secret(kept.authSecret),
  };
}

/**
 * Makes a new encryption key the first of those kept in the data folder, unless an older one is there already: then a
 * rotation was interrupted, and goes on. Null when the key comes from the environment. `finish` drops the older ones.
 */
export async function prepareRotation(
  env: Pick<Env, 'ENCRYPTION_KEY'>,
  dataDir: string,
): Promise<{ encryptionKey: Secret; finish(): Promise<Secret> } | null> {
  if (env.ENCRYPTION_KEY) return null;
  const kept = (await readKept(dataDir)) ?? (await makeKept(dataDir));
  const keys = kept.encryptionKey.split(',');
  const fresh = keys.length > 1 ? keys : [newKey(), ...keys];
  await keep(dataDir, { ...kept, encryptionKey: fresh.join(',') });
  return {
    encryptionKey: new Secret(fresh.join(',')),
    finish: async () => {
      const [encryptionKey = ''] = fresh;
      await keep(dataDir, { ...kept, encryptionKey });
      return new Secret(encryptionKey);
    },
  };
}

async function readKept(dataDir: string) {
  const file = path.join(dataDir, FILE);
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (text === null) return null;
  try {
    return keptSchema.parse(JSON.parse(text));
  } catch (cause) {
    // Never generated again: every credential in the database was sealed with the existing key.
    throw new StartError(
      `${file} cannot be read.`,
      'Restore it from a backup; without it credentials cannot be opened.',
      {
        cause,
      },
    );
  }
}

async function makeKept(dataDir: string) {
  const made = { encryptionKey: newKey(), authSecret: randomBytes(KEY_BYTES).toString('base64') };
  await keep(dataDir, made);
  return made;
}

/** Named after the moment it was made: every key of a ring has a name of its own. */
const newKey = (): string => `local-${Date.now().toString(36)}:${randomBytes(KEY_BYTES).toString('base64')}`;

async function keep(dataDir: string, secrets: z.infer<typeof keptSchema>): Promise<void> {
  const file = path.join(dataDir, FILE);
  const fresh = `${file}.${randomUUID()}`;
  try {
    await writeFile(fresh, `${JSON.stringify(secrets)}\n`, { mode: 0o600, flag: 'wx', flush: true });
    await rename(fresh, file);
  } catch (cause) {
    await rm(fresh, { force: true });
    throw isDiskFull(cause) ? diskFull(dataDir, cause) : cause;
  }
}
