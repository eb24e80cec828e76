import { z } from 'zod';
import type { SafeFetch } from '../outbound/safe-fetch.ts';
import { storable } from '../storable.ts';
import { type ListedServer, RegistryReadError, type RegistryReader } from './listed-server.ts';
import { plainText } from './plain-text.ts';
import { readJsonPage } from './read-json-page.ts';

const PAGE_ENTRIES = 100;
const NAME = /^[A-Za-z0-9.-]+\/[A-Za-z0-9._-]+$/;
const NAME_CHARACTERS_MAX = 200;
const DOCUMENT_CHARACTERS_MAX = 64_000;
const DOCUMENT_DEPTH_MAX = 40;
const TITLE_CHARACTERS_MAX = 120;
const DESCRIPTION_CHARACTERS_MAX = 1_000;
const VERSION_CHARACTERS_MAX = 255;

const pageSchema = z.looseObject({
  servers: z.array(z.unknown()).max(1_000),
  metadata: z.looseObject({ nextCursor: z.string().max(2_000).nullish() }).nullish(),
});
const UNKNOWN_TIME = new Date(0);
/** Years that PostgreSQL reads as JavaScript writes them. */
const date = z.coerce.date().min(new Date('2000-01-01')).max(new Date('2200-01-01'));

const officialSchema = z.looseObject({
  status: z.enum(['active', 'deprecated', 'deleted']).catch('active').default('active'),
  statusMessage: z.string().nullish().catch(null),
  publishedAt: date.catch(UNKNOWN_TIME).default(UNKNOWN_TIME),
  updatedAt: date.optional().catch(undefined),
  isLatest: z.boolean().optional().catch(undefined),
});
const entrySchema = z.looseObject({
  server: z.looseObject({ name: z.string().max(NAME_CHARACTERS_MAX).regex(NAME) }),
  _meta: z.looseObject({ 'io.modelcontextprotocol.registry/official': z.unknown() }).nullish().catch(null),
});

const STATUS = { active: 'ACTIVE', deprecated: 'DEPRECATED', deleted: 'DELETED' } as const;

/** Null for what is no entry; undefined for a version that is not the newest. */
export function listedFrom(value: unknown): ListedServer | null | undefined {
  const { data } = entrySchema.safeParse(value);
  if (!data) return null;
  const { server } = data;
  const facts = officialSchema.parse(data._meta?.['io.modelcontextprotocol.registry/official'] ?? {});
  if (facts.isLatest === false) return undefined;
  // one entry that cannot be stored would keep the whole page from being stored, for ever
  if (!isShallow(server, DOCUMENT_DEPTH_MAX) || JSON.stringify(server).length > DOCUMENT_CHARACTERS_MAX) return null;
  return {
    name: server.name,
    title: plainText(server['title'], TITLE_CHARACTERS_MAX) ?? server.name.slice(server.name.indexOf('/') + 1),
    description: plainText(server['description'], DESCRIPTION_CHARACTERS_MAX) ?? '',
    version: plainText(server['version'], VERSION_CHARACTERS_MAX),
    status: STATUS[facts.status],
    statusMessage: plainText(facts.statusMessage, 500),
    entry: { document: storable(server), license: null, listingUrl: null },
    publishedAt: facts.publishedAt,
    updatedAt: facts.updatedAt ?? facts.publishedAt,
  };
}

const isShallow = (value: unknown, depthMax: number): boolean =>
  typeof value !== 'object' ||
  value === null ||
  (depthMax > 0 && Object.values(value).every((one) => isShallow(one, depthMax - 1)));

/** The official MCP registry (v0.1 of its API), or another that speaks it. */
export function createMcpRegistryReader(deps: { fetch: SafeFetch; url: string }): RegistryReader {
  const base = deps.url.replace(/\/+$/, '');
  return {
    isIncremental: true,
    async readPage({ cursor, since }, signal) {
      const query = new URLSearchParams({ version: 'latest', limit: String(PAGE_ENTRIES) });
      // with it, the registry tells of deleted servers too
      if (since !== null) query.set('updated_since', since.toISOString());
      if (cursor !== null) query.set('cursor', cursor);
      const { body, at } = await readJsonPage(deps.fetch, `${base}/v0.1/servers?${query}`, 'The MCP registry', signal);
      const { data } = pageSchema.safeParse(body);
      if (!data) throw new RegistryReadError('The MCP registry answered with something else than a list of servers.');
      const read = data.servers.map(listedFrom);
      return {
        servers: read.filter((one) => one != null),
        skipped: read.filter((one) => one === null).length,
        nextCursor: data.metadata?.nextCursor || null,
        at,
      };
    },
  };
}
