import type { PrismaClient } from '#prisma/client.ts';
import type { Events } from '#server/domain/events.ts';
import { forgetOldest } from '#server/domain/forget-oldest.ts';
import { ACCESS_TOKEN_LIFETIME_MS } from './access-token.ts';

/** While messages can be missed, how long an entry may be believed. */
const ENTRY_MS_MAX_WHILE_DOWN = 5_000;
const ENTRIES_MAX = 10_000;
/** How often a read is restarted because something changed under it. */
const READS_MAX = 5;

/** The grants of a deployment with tokens still valid, and whether each lives. */
type Grants = ReadonlyMap<string, boolean>;
type Entry = { grants: Promise<Grants>; readAtMs: number };

export interface LiveGrants {
  /** Reports whether a grant lives. Reads the database the first time, and after a change; otherwise the cache. */
  isLive(deploymentId: string, grantId: string): Promise<boolean>;
  close(): void;
}

/**
 * The live grants, deployment by deployment: filled by reads and emptied by events, as the endpoint's routes are. Only
 * ids that come out of a signed token are looked up, so a grant that is not there yet was made just now, by another
 * instance: then the rows are read again. One that is there and revoked is believed.
 */
export function createLiveGrants(deps: {
  prisma: Pick<PrismaClient, 'oAuthGrant'>;
  events: Pick<Events, 'on' | 'onConnection'>;
  nowMs: () => number;
}): LiveGrants {
  const { prisma, events, nowMs } = deps;
  const entries = new Map<string, Entry>();
  let listening = true;

  const load = async (deploymentId: string): Promise<Grants> => {
    const since = new Date(nowMs() - 2 * ACCESS_TOKEN_LIFETIME_MS);
    const rows = await prisma.oAuthGrant.findMany({
      where: {
        connection: { deploymentId },
        expiresAt: { gt: since },
        OR: [{ revokedAt: null }, { revokedAt: { gt: since } }],
      },
      select: { id: true, revokedAt: true },
    });
    return new Map(rows.map(({ id, revokedAt }) => [id, revokedAt === null]));
  };

  const read = (deploymentId: string): Entry => {
    entries.delete(deploymentId);
    forgetOldest(entries, ENTRIES_MAX - 1);
    // An event during the read drops this entry, so that nothing older than the news is ever kept.
    const entry: Entry = { grants: load(deploymentId), readAtMs: nowMs() };
    entry.grants.catch(() => entries.get(deploymentId) === entry && entries.delete(deploymentId));
    entries.set(deploymentId, entry);
    return entry;
  };

  const peek = (deploymentId: string): Entry | null => {
    const entry = entries.get(deploymentId);
    if (!entry || (!listening && nowMs() - entry.readAtMs > ENTRY_MS_MAX_WHILE_DOWN)) return null;
    return entry;
  };

  const stops = [
    events.on('access', null, (deploymentId) => entries.delete(deploymentId)),
    events.onConnection((state) => {
      listening = state === 'up';
      if (listening) entries.clear();
    }),
  ];

  return {
    isLive: async (deploymentId, grantId) => {
      const before = entries.get(deploymentId);
      for (let attempt = 1; ; attempt += 1) {
        const entry = peek(deploymentId) ?? read(deploymentId);
        const live = (await entry.grants).get(grantId);
        const isStale = entries.get(deploymentId) !== entry; // something changed while it was read
        if (isStale && attempt < READS_MAX) continue;
        if (live !== undefined || entry !== before || isStale) return live ?? false;
        entries.delete(deploymentId); // read before this call: the grant may have been made since
      }
    },
    close: () => {
      for (const stop of stops) stop();
    },
  };
}
