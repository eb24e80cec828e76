import { expect } from 'vitest';
import { openServerDatabase } from '#server/compose/database/open-database.ts';
import { readEnv } from '#server/env.ts';

/** Every row of every table, as text. */
export async function dumpRows(variables: Record<string, string>, dataDir: string): Promise<string> {
  const database = await openServerDatabase(readEnv(variables), dataDir);
  try {
    const { prisma } = database;
    const tables = await prisma.$queryRaw<{ name: string }[]>`
      SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public'`;
    const rows = await Promise.all(
      tables.map(({ name }) => prisma.$queryRawUnsafe(`SELECT to_jsonb(t)::text AS row FROM "${name}" t`)),
    );
    const text = JSON.stringify(rows);
    expect(text.length).toBeGreaterThan(5_000);
    return text;
  } finally {
    await database.close();
  }
}
