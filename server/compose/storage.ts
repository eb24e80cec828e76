import type { Database } from '#prisma/client.ts';
import { createEnvelopes, type Envelopes } from '#server/domain/credentials/envelope.ts';
import { createKeyRing } from '#server/domain/credentials/key-ring.ts';
import type { KnownSecrets } from '#server/domain/credentials/known-secrets.ts';
import type { Secret } from '#server/domain/credentials/secret.ts';
import { checkKeys, ensureInstallation, WrongKeyError } from '#server/domain/identity/installation.ts';
import { ensureOwner } from '#server/domain/identity/owner.ts';
import type { Env } from '../env.ts';
import { StartError } from '../process/start-error.ts';
import { openServerDatabase } from './database/open-database.ts';
import { ensureSecrets } from './keys/secrets.ts';

export type Storage = {
  database: Database;
  keys: ReturnType<typeof createKeyRing>;
  envelopes: Envelopes;
  authSecret: Secret;
  /** The id that this installation's machines carry. */
  installation: string;
  owner: { id: string };
};

/** The database, brought up to date, and the keys that open what is in it. */
export async function openStorage(env: Env, dataDir: string, known?: KnownSecrets): Promise<Storage> {
  const { encryptionKey, authSecret } = await ensureSecrets(env, dataDir);
  const keys = readKeyRing(encryptionKey);
  known?.remember([
    authSecret.reveal(),
    ...encryptionKey
      .reveal()
      .split(/[\s,]+/)
      .map((key) => key.split(':').at(-1) ?? ''),
  ]);
  const envelopes = createEnvelopes(keys, known?.rememberOpened);
  const database = await openServerDatabase(env, dataDir);
  try {
    const installation = await ensureInstallation(database.prisma);
    await checkKeys(database.prisma, keys, envelopes, installation);
    const owner = await ensureOwner(database);
    return { database, keys, envelopes, authSecret, installation, owner };
  } catch (cause) {
    await database.close();
    if (!(cause instanceof WrongKeyError)) throw cause;
    throw new StartError(cause.message, 'Set ENCRYPTION_KEY to the key it was written with, or use another database.', {
      cause,
    });
  }
}

function readKeyRing(encryptionKey: Secret) {
  try {
    return createKeyRing(encryptionKey.reveal());
  } catch (cause) {
    throw new StartError(
      cause instanceof Error ? cause.message : 'ENCRYPTION_KEY cannot be read.',
      'Make one: openssl rand -base64 32',
      { cause },
    );
  }
}
