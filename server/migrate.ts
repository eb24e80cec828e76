/** Brings the database at DATABASE_URL up to date and ends: Fly's release_command. */
import { openDatabase } from '#prisma/client.ts';
import { readEnv } from './env.ts';

const env = readEnv(process.env);
if (!env.DATABASE_URL) {
  process.stderr.write(
    'DATABASE_URL is not set: there is nothing to migrate. The embedded database migrates itself.\n',
  );
  process.exit(1);
}
const database = await openDatabase({
  kind: 'postgres',
  url: env.DATABASE_URL.reveal(),
  ...(env.DIRECT_DATABASE_URL ? { directUrl: env.DIRECT_DATABASE_URL.reveal() } : {}),
});
await database.close();
process.stdout.write(
  database.migrated.length > 0 ? `Applied: ${database.migrated.join(', ')}\n` : 'The database is up to date.\n',
);
