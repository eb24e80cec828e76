/** Brings the database at DATABASE_URL up to date and ends: Fly's release_command. */

import { openServerDatabase } from '../server/compose/database/open-database.ts';
import { readEnv } from '../server/env.ts';
import { StartError } from '../server/process/start-error.ts';

const env = readEnv(process.env);
try {
  if (!env.DATABASE_URL) {
    throw new StartError(
      'DATABASE_URL is not set: there is nothing to migrate.',
      'The embedded database migrates itself.',
    );
  }
  const database = await openServerDatabase(env, env.CATWALK_DATA_DIR);
  await database.close();
  const { migrated } = database;
  process.stdout.write(migrated.length > 0 ? `Applied: ${migrated.join(', ')}\n` : 'The database is up to date.\n');
} catch (error) {
  if (!(error instanceof StartError)) throw error;
  process.stderr.write(`${error.message}\n${error.hint}\n`);
  process.exit(1);
}
