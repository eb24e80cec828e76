import type { TestProject } from 'vitest/node';
import { openDatabase } from './client.ts';
import { testDatabaseKind } from './test-database.testing.ts';
import { createDatabase, startPostgres } from './test-postgres.testing.ts';

/** Before the first integration test: the server that they share, with a migrated database to copy, if they want one. */
export default async function setUp(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  if (testDatabaseKind() === 'pglite') return undefined;
  const server = await startPostgres({ settings: { max_connections: '400' } });
  const template = await createDatabase(server.url);
  await (await openDatabase({ kind: 'postgres', url: template.url })).close();
  project.provide('testPostgres', { url: server.url, template: template.name });
  return async () => {
    await template.drop();
    await server.stop();
  };
}
