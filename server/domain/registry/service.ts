import type { PrismaClient } from '#prisma/client.ts';
import type { RegistryServer, RegistrySource } from '#prisma/generated/client/client.ts';
import { RegistryReadError } from './listed-server.ts';
import { countMatching, type Position, type RegistryQuery, searchPage } from './search.ts';
import { makeDue } from './sync-lease.ts';
import type { ListedVersion, ReadVersions } from './versions.ts';

export type RegistryPage = {
  servers: { row: RegistryServer; position: Position }[];
  hasMore: boolean;
};

export type SyncState = {
  source: RegistrySource;
  running: boolean;
  /** Entries read by the pass under way. */
  read: number;
  listed: number;
  lastSuccessAt: Date | null;
  nextAt: Date | null;
  error: string | null;
};

export interface RegistryService {
  page(query: RegistryQuery, page: { after: Position | null; first: number }): Promise<RegistryPage>;
  count(query: RegistryQuery): Promise<number>;
  /** Those of the registry; only the newest, when it does not answer. */
  versions(server: RegistryServer): Promise<ListedVersion[]>;
  /** Returns the state of each source that is read. */
  syncStates(): Promise<SyncState[]>;
  /** Makes every source that is not being read due now, whatever it waited for, and gives the states after that. */
  requestSync(): Promise<SyncState[]>;
}

export function createRegistryService(deps: {
  prisma: PrismaClient;
  readVersions: ReadVersions;
  sources: readonly RegistrySource[];
  now: () => Date;
  /** Looks for due sources without waiting for the next round. */
  wakeSync: () => void;
}): RegistryService {
  const { prisma } = deps;

  async function syncStates(): Promise<SyncState[]> {
    const [rows, counts] = await Promise.all([
      prisma.registrySync.findMany(),
      prisma.registryServer.groupBy({
        by: ['source'],
        where: { status: { not: 'DELETED' }, duplicate: false },
        _count: true,
      }),
    ]);
    const now = deps.now();
    return deps.sources.map((source): SyncState => {
      const row = rows.find((one) => one.source === source);
      return {
        source,
        running: row?.leaseUntil != null && row.leaseUntil > now,
        read: row?.passStartedAt ? row.read : 0,
        listed: counts.find((one) => one.source === source)?._count ?? 0,
        lastSuccessAt: row?.lastSuccessAt ?? null,
        nextAt: row?.nextAt ?? null,
        error: row?.error ?? null,
      };
    });
  }

  return {
    async page(query, { after, first }) {
      const positions = await searchPage(prisma, query, { after, take: first + 1 });
      const shown = positions.slice(0, first);
      const rows = await prisma.registryServer.findMany({ where: { name: { in: shown.map(({ name }) => name) } } });
      const byName = new Map(rows.map((row) => [row.name, row]));
      const servers = shown.flatMap((position) => {
        const row = byName.get(position.name);
        return row ? [{ row, position }] : []; // gone between the two queries
      });
      return { servers, hasMore: positions.length > first };
    },

    count: (query) => countMatching(prisma, query),

    async versions(server) {
      const { version, status, publishedAt } = server;
      const newest = version === null ? [] : [{ version, status, publishedAt, isLatest: true }];
      if (server.source !== 'MCP_REGISTRY') return newest;
      try {
        return await deps.readVersions(server.name);
      } catch (error) {
        if (error instanceof RegistryReadError) return newest;
        throw error;
      }
    },

    syncStates,

    async requestSync() {
      await makeDue(prisma, deps.sources, deps.now());
      deps.wakeSync();
      return syncStates();
    },
  };
}
