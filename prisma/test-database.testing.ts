import { openAsBlob } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { inject } from 'vitest';
import { type Database, openDatabase } from './client.ts';
import { openPglite } from './pglite.ts';
import { createDatabase } from './test-postgres.testing.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The server that all test files of a run share, and its database that has the schema and no row. */
    testPostgres: { url: string; template: string };
    /** The file with the dump of an embedded database that has the schema and no row. */
    testDump: string;
  }
}

const KINDS = ['pglite', 'postgres'] as const;

/** Integration tests run on the embedded database in memory, or, by `CATWALK_TEST_DATABASE`, on a real server. */
export const testDatabaseKind = (): Database['kind'] => {
  const given = process.env['CATWALK_TEST_DATABASE'] || 'pglite';
  const kind = KINDS.find((one) => one === given);
  if (!kind) throw new Error(`CATWALK_TEST_DATABASE is ${given}: it must be one of ${KINDS.join(', ')}.`);
  return kind;
};

/** A database of its own with the whole schema and no row, gone when it is closed. */
export async function openTestDatabase(): Promise<Database> {
  if (testDatabaseKind() === 'pglite') {
    return openDatabase({ kind: 'pglite', directory: null, dump: await openAsBlob(inject('testDump')) });
  }
  const made = await makeDatabase();
  const database = await openDatabase({ kind: 'postgres', url: made.url });
  return {
    ...database,
    close: async () => {
      await database.close();
      await made.drop();
    },
  };
}

export type TestDatabase = { variables: Record<string, string>; drop: () => Promise<void> };

/** The same for a server that opens its database itself: in its data folder, or one that its variables name. */
export async function makeTestDatabase(dataDir: string): Promise<TestDatabase> {
  if (testDatabaseKind() === 'pglite') {
    await mkdir(dataDir, { recursive: true, mode: 0o700 });
    await (await openPglite(path.join(dataDir, 'database'), await openAsBlob(inject('testDump')))).close();
    return { variables: {}, drop: async () => {} };
  }
  const { url, drop } = await makeDatabase();
  return { variables: { DATABASE_URL: url }, drop };
}

const makeDatabase = () => {
  const { url, template } = inject('testPostgres');
  return createDatabase(url, template);
};
