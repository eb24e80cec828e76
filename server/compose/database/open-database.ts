import path from 'node:path';
import { type Database, openDatabase } from '#prisma/client.ts';
import { isDiskFull } from '#prisma/disk-full.ts';
import { ConnectError } from '#prisma/postgres.ts';
import { type DatabaseAddress, explainConnectionFailure } from '../../../prisma/connection-failure.ts';
import { messageOf } from '../../domain/message-of.ts';
import type { Env } from '../../env.ts';
import { diskFull } from '../../process/disk-full.ts';
import { StartError } from '../../process/start-error.ts';

type Addresses = Pick<Env, 'DATABASE_URL' | 'DIRECT_DATABASE_URL'>;

/** The database that the environment names, brought up to date. Throws StartError when it does not open. */
export async function openServerDatabase(env: Addresses, dataDir: string): Promise<Database> {
  const { DATABASE_URL: url, DIRECT_DATABASE_URL: directUrl } = env;
  if (!url) return openEmbedded(dataDir);
  try {
    return await openDatabase({
      kind: 'postgres',
      url: url.reveal(),
      ...(directUrl ? { directUrl: directUrl.reveal() } : {}),
    });
  } catch (cause) {
    const address: DatabaseAddress =
      directUrl && !(cause instanceof ConnectError && cause.address === 'url')
        ? { variable: 'DIRECT_DATABASE_URL', url: directUrl.reveal() }
        : { variable: 'DATABASE_URL', url: url.reveal() };
    if (cause instanceof ConnectError) {
      const { message, hint } = explainConnectionFailure(cause.cause, address);
      throw new StartError(message, hint, { cause });
    }
    throw new StartError(
      `The database at ${new URL(address.url).host} cannot be brought up to date: ${messageOf(cause)}`,
      `Its user must be allowed to create tables. Behind a transaction pooler, set DIRECT_DATABASE_URL.`,
      { cause },
    );
  }
}

async function openEmbedded(dataDir: string): Promise<Database> {
  try {
    return await openDatabase({ kind: 'pglite', directory: path.join(dataDir, 'database') });
  } catch (cause) {
    if (isDiskFull(cause)) throw diskFull(dataDir, cause);
    throw new StartError(
      `The embedded database in ${dataDir} does not open: ${messageOf(cause)}`,
      'Restore the folder from a backup, or set CATWALK_DATA_DIR to a new one.',
      { cause },
    );
  }
}
