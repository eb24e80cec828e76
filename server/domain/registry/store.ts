import type { Transaction } from '#prisma/client.ts';
import type { RegistrySource } from '#prisma/generated/client/enums.ts';
import { deployabilityOf } from './deployability.ts';
import { githubKeyOf, readEntry } from './entry.ts';
import type { ListedServer } from './listed-server.ts';
import { entryWords } from './words.ts';

/** One statement a page. The newest of several versions of a name wins, in whatever order they come. */
export async function storePage(
  tx: Transaction,
  source: RegistrySource,
  servers: readonly ListedServer[],
  seenAt: Date,
): Promise<void> {
  const newest = new Map<string, ListedServer>();
  for (const one of servers) {
    const known = newest.get(one.name);
    if (!known || known.publishedAt <= one.publishedAt) newest.set(one.name, one);
  }
  if (newest.size === 0) return;
  const rows = [...newest.values()].map(rowOf);
  await tx.$executeRaw`
    INSERT INTO "RegistryServer" ("name", "source", "title", "titleKey", "description", "version", "status",
      "statusMessage", "repository", "deployable", "entry", "publishedAt", "updatedAt", "seenAt", "words")
    SELECT "name", ${source}::"RegistrySource", "title", lower("title"), "description", "version",
      "status"::"RegistryStatus", "statusMessage", "repository", "deployable", "entry", "publishedAt", "updatedAt",
      ${seenAt}::timestamptz,
      setweight(to_tsvector('simple', "nameWords"), 'A') || setweight(to_tsvector('simple', "publisherWords"), 'B')
        || setweight(to_tsvector('simple', "descriptionWords"), 'C') || setweight(to_tsvector('simple', "suffixes"), 'D')
    FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS page("name" text, "title" text, "description" text,
      "version" text, "status" text, "statusMessage" text, "repository" text, "deployable" boolean, "entry" jsonb,
      "publishedAt" timestamptz, "updatedAt" timestamptz, "nameWords" text, "publisherWords" text,
      "descriptionWords" text, "suffixes" text)
    ON CONFLICT ("name") DO UPDATE SET "title" = excluded."title", "titleKey" = excluded."titleKey",
      "description" = excluded."description", "version" = excluded."version", "status" = excluded."status",
      "statusMessage" = excluded."statusMessage", "repository" = excluded."repository",
      "deployable" = excluded."deployable", "entry" = excluded."entry", "publishedAt" = excluded."publishedAt",
      "updatedAt" = excluded."updatedAt", "seenAt" = excluded."seenAt", "words" = excluded."words"
    WHERE "RegistryServer"."seenAt" < excluded."seenAt" OR "RegistryServer"."publishedAt" <= excluded."publishedAt"`;
  await markDuplicates(tx, [...new Set(rows.flatMap(({ repository }) => repository ?? []))]);
}

/** A directory lists much that the MCP registry lists too: the registry's entry says how to install it. */
async function markDuplicates(tx: Transaction, repositories: string[]): Promise<void> {
  if (repositories.length === 0) return;
  await tx.$executeRaw`
    UPDATE "RegistryServer" AS listed SET "duplicate" = NOT "duplicate"
    WHERE "source" = 'DIRECTORY' AND "repository" = ANY(${repositories})
      AND "duplicate" <> EXISTS (SELECT FROM "RegistryServer" AS known WHERE known."source" = 'MCP_REGISTRY'
        AND known."repository" = listed."repository" AND known."status" <> 'DELETED')`;
}

/**
 * Marks as deleted what a pass over everything did not see. Null when that is more than half of what was there: then a
 * registry has lost its data, or is broken, and nothing is marked.
 */
export async function markMissing(
  tx: Transaction,
  source: RegistrySource,
  passStartedAt: Date,
): Promise<number | null> {
  const listed = { source, status: { not: 'DELETED' as const } };
  const missing = { ...listed, seenAt: { lt: passStartedAt } };
  const [all, gone] = [
    await tx.registryServer.count({ where: listed }),
    await tx.registryServer.count({ where: missing }),
  ];
  if (gone * 2 > all) return null;
  const rows = await tx.registryServer.findMany({ where: missing, select: { repository: true } });
  await tx.registryServer.updateMany({ where: missing, data: { status: 'DELETED', deployable: false } });
  await markDuplicates(tx, [...new Set(rows.flatMap(({ repository }) => repository ?? []))]);
  return gone;
}

function rowOf(server: ListedServer) {
  const entry = readEntry(server.entry);
  const words = entryWords({ ...server, packages: entry.packages });
  return {
    name: server.name,
    title: server.title,
    description: server.description,
    version: server.version,
    status: server.status,
    statusMessage: server.statusMessage,
    repository: githubKeyOf(entry),
    deployable: deployabilityOf(entry, server.status).deployable,
    entry: server.entry,
    publishedAt: server.publishedAt,
    updatedAt: server.updatedAt,
    nameWords: words.name,
    publisherWords: words.publisher,
    descriptionWords: words.description,
    suffixes: words.suffixes,
  };
}
