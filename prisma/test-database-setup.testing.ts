import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestProject } from 'vitest/node';
import { openDatabase } from './client.ts';
import { migrate } from './migrate.ts';
import { openPglite } from './pglite.ts';
import { testDatabaseKind } from './test-database.testing.ts';
import { createDatabase, startPostgres } from './test-postgres.testing.ts';

/** Before the first integration test: a migrated database to copy, on the server that they share if they want one. */
export default (project: TestProject): Promise<() => Promise<void>> =>
  testDatabaseKind() === 'pglite' ? setUpEmbedded(project) : setUpServer(project);

/** Making an embedded database takes seconds of the processor, a copy a tenth of that. */
async function setUpEmbedded(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(path.join(tmpdir(), 'catwalk-test-database-'));
  const template = await openPglite(null);
  await migrate(template.connection);
  await template.connection.exec('CHECKPOINT'); // else each copy would replay the log
  const dump = path.join(folder, 'dump.tar');
  await writeFile(dump, Buffer.from(await (await template.dump()).arrayBuffer()));
  await template.close();
  project.provide('testDump', dump);
  return () => rm(folder, { recursive: true, force: true });
}

async function setUpServer(project: TestProject): Promise<() => Promise<void>> {
  const server = await startPostgres({ settings: { max_connections: '400' } });
  const template = await createDatabase(server.url);
  await (await openDatabase({ kind: 'postgres', url: template.url })).close();
  project.provide('testPostgres', { url: server.url, template: template.name });
  return async () => {
    await template.drop();
    await server.stop();
  };
}
