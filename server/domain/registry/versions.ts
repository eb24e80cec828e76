import { z } from 'zod';
import type { RegistryStatus } from '#prisma/generated/client/enums.ts';
import { forgetOldest } from '#server/domain/forget-oldest.ts';
import type { SafeFetch } from '../outbound/safe-fetch.ts';
import { RegistryReadError } from './listed-server.ts';
import { plainText } from './plain-text.ts';
import { readJsonPage } from './read-json-page.ts';

export type ListedVersion = { version: string; status: RegistryStatus; publishedAt: Date | null; isLatest: boolean };

/** All versions of a name, newest first. */
export type ReadVersions = (name: string) => Promise<ListedVersion[]>;

const VERSIONS_MAX = 200;
const READ_MS_MAX = 4_000;
const KEPT_MS = 10 * 60_000;
const KEPT_MAX = 500;
/** A page of servers must not become a hundred requests to the registry. */
const READS_MAX = 4;

const versionsSchema = z.looseObject({
  servers: z.array(
    z.looseObject({
      server: z.looseObject({ version: z.string() }),
      _meta: z
        .looseObject({
          'io.modelcontextprotocol.registry/official': z
            .looseObject({
              status: z.enum(['active', 'deprecated', 'deleted']).catch('active'),
              publishedAt: z.coerce.date().nullish().catch(null),
              isLatest: z.boolean().nullish().catch(null),
            })
            .nullish()
            .catch(null),
        })
        .nullish()
        .catch(null),
    }),
  ),
});

const STATUS = { active: 'ACTIVE', deprecated: 'DEPRECATED', deleted: 'DELETED' } as const;

/**
 * Older versions are not copied: they are five times as many as servers, and few people look. They are read on
 * request, and remembered for ten minutes. @throws RegistryReadError.
 */
export function createReadVersions(deps: { fetch: SafeFetch; url: string; now: () => Date }): ReadVersions {
  const base = deps.url.replace(/\/+$/, '');
  const kept = new Map<string, { until: number; versions: Promise<ListedVersion[]> }>();

  async function read(name: string): Promise<ListedVersion[]> {
    const url = `${base}/v0.1/servers/${encodeURIComponent(name)}/versions`;
    const { body } = await readJsonPage(deps.fetch, url, 'The MCP registry', AbortSignal.timeout(READ_MS_MAX)).catch(
      (error: unknown) => {
        if (error instanceof RegistryReadError) throw error;
        throw new RegistryReadError('The MCP registry did not answer.', { cause: error });
      },
    );
    const { data } = versionsSchema.safeParse(body);
    if (!data) throw new RegistryReadError('The MCP registry answered with something else than a list of versions.');
    return data.servers.slice(0, VERSIONS_MAX).flatMap(({ server, _meta }): ListedVersion[] => {
      const version = plainText(server.version, 255);
      const facts = _meta?.['io.modelcontextprotocol.registry/official'];
      if (version === null) return [];
      const status = STATUS[facts?.status ?? 'active'];
      return [{ version, status, publishedAt: facts?.publishedAt ?? null, isLatest: facts?.isLatest === true }];
    });
  }

  let reads = 0;
  return async (name) => {
    const now = deps.now().getTime();
    const known = kept.get(name);
    if (known && known.until > now) return known.versions;
    if (reads >= READS_MAX) throw new RegistryReadError('The MCP registry is being asked already.');
    reads += 1;
    const versions = read(name).finally(() => {
      reads -= 1;
    });
    kept.delete(name);
    kept.set(name, { until: now + KEPT_MS, versions });
    forgetOldest(kept, KEPT_MAX);
    versions.catch(() => kept.delete(name)); // the next caller tries again
    return versions;
  };
}
