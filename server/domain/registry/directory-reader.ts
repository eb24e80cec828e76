import { z } from 'zod';
import type { SafeFetch } from '../outbound/safe-fetch.ts';
import { type ListedServer, RegistryReadError, type RegistryReader } from './listed-server.ts';
import { plainText, webUrl } from './plain-text.ts';
import { readJsonPage } from './read-json-page.ts';

/** Names of a directory's entries begin with it, so that they never pass for names that the MCP registry vouches for. */
export const DIRECTORY_PREFIX = 'directory:';

const PAGE_ENTRIES = 100;
const text = z.string().nullish().catch(null);
const recordSchema = z.looseObject({
  namespace: z.string().min(1).max(100),
  slug: z.string().min(1).max(100),
  name: text,
  description: text,
  url: text,
  repository: z.looseObject({ url: text }).nullish().catch(null),
  spdxLicense: z.looseObject({ name: text }).nullish().catch(null),
});
const pageSchema = z.looseObject({
  servers: z.array(z.unknown()).max(1_000),
  pageInfo: z.looseObject({ endCursor: z.string().max(2_000).nullish(), hasNextPage: z.boolean().nullish() }),
});

/** A directory says nothing of times: its entries are as old as nothing is, and come last by date. */
const UNKNOWN_TIME = new Date(0);

function listedFrom(value: unknown): ListedServer | null {
  const { data } = recordSchema.safeParse(value);
  const name = data && plainText(`${data.namespace}/${data.slug}`, 201);
  if (!data || !name) return null;
  const repository = webUrl(data.repository?.url);
  return {
    name: `${DIRECTORY_PREFIX}${name}`,
    title: plainText(data.name, 120) ?? data.slug,
    description: plainText(data.description, 1_000) ?? '',
    version: null,
    status: 'ACTIVE',
    statusMessage: null,
    entry: {
      document: { ...(repository === null ? {} : { repository: { url: repository } }) },
      license: plainText(data.spdxLicense?.name, 100),
      listingUrl: webUrl(data.url),
    },
    publishedAt: UNKNOWN_TIME,
    updatedAt: UNKNOWN_TIME,
  };
}

/** A directory of servers with Glama's API: `GET /servers?first=…&after=…`. */
export function createDirectoryReader(deps: { fetch: SafeFetch; url: string }): RegistryReader {
  const base = deps.url.replace(/\/+$/, '');
  return {
    isIncremental: false,
    async readPage({ cursor }, signal) {
      const query = new URLSearchParams({ first: String(PAGE_ENTRIES), ...(cursor === null ? {} : { after: cursor }) });
      const { body, at } = await readJsonPage(deps.fetch, `${base}/servers?${query}`, 'The directory', signal);
      const { data } = pageSchema.safeParse(body);
      if (!data) throw new RegistryReadError('The directory answered with something else than a list of servers.');
      const read = data.servers.map(listedFrom);
      return {
        servers: read.filter((one) => one !== null),
        skipped: read.filter((one) => one === null).length,
        nextCursor: data.pageInfo.hasNextPage ? (data.pageInfo.endCursor ?? null) : null,
        at,
      };
    },
  };
}
