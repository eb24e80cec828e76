import type { PrismaClient } from '#prisma/client.ts';
import type { RegistryMirror } from '../analysis/registries/mirrored-registry.ts';
import { documentOf } from './entry.ts';
import type { StoredEntry } from './listed-server.ts';
import { searchPage } from './search.ts';

/** Written by `storePage` alone, from that type. */
export const storedEntry = (column: unknown): StoredEntry => column as StoredEntry;

const FOUND_MAX = 10;
const SUGGESTED_MAX = 3;

/** The copy of the MCP registry, for when the registry itself is away. */
export function createRegistryMirror(prisma: PrismaClient): RegistryMirror {
  const listed = { source: 'MCP_REGISTRY', status: { not: 'DELETED' } } as const;
  return {
    async findServer(name) {
      const row = await prisma.registryServer.findFirst({ where: { ...listed, name }, select: { entry: true } });
      return row ? documentOf(storedEntry(row.entry)) : null;
    },
    async findByRepository(owner, repo) {
      const rows = await prisma.registryServer.findMany({
        where: { ...listed, repository: `${owner}/${repo}`.toLowerCase() },
        orderBy: { name: 'asc' },
        take: FOUND_MAX,
        select: { entry: true },
      });
      return rows.map(({ entry }) => documentOf(storedEntry(entry))).filter((one) => one !== null);
    },
    async search(words) {
      const query = { text: words, sort: 'RELEVANCE', deployableOnly: true } as const;
      const names = (await searchPage(prisma, query, { after: null, take: SUGGESTED_MAX })).map(({ name }) => name);
      const rows = await prisma.registryServer.findMany({
        where: { ...listed, name: { in: names } },
        select: { name: true, title: true, description: true },
      });
      return names.flatMap((name) => {
        const row = rows.find((one) => one.name === name);
        return row ? [{ source: name, name: row.title, description: row.description, origin: 'MCP_REGISTRY' }] : [];
      });
    },
  };
}
