import type { PrismaClient } from '#prisma/client.ts';
import type { RegistryMirror } from '../analysis/registries/mirrored-registry.ts';
import { documentOf, parseStoredEntry } from './entry.ts';
import { searchPage } from './search.ts';

const FOUND_MAX = 10;
const SUGGESTED_MAX = 3;

/** The copy of the MCP registry, for when the registry itself is away. */
export function createRegistryMirror(prisma: PrismaClient): RegistryMirror {
  const listed = { source: 'MCP_REGISTRY', status: { not: 'DELETED' } } as const;
  return {
    async findServer(name) {
      const row = await prisma.registryServer.findFirst({ where: { ...listed, name }, select: { entry: true } });
      return row ? documentOf(parseStoredEntry(row.entry)) : null;
    },
    async findByRepository(owner, repo) {
      const rows = await prisma.registryServer.findMany({
        where: { ...listed, repository: `${owner}/${repo}`.toLowerCase() },
        orderBy: { name: 'asc' },
        take: FOUND_MAX,
        select: { entry: true },
      });
      return rows.map(({ entry }) => documentOf(parseStoredEntry(entry))).filter((one) => one !== null);
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
