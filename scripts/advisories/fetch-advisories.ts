import { z } from 'zod';
import { type Advisory, advisorySchema } from './advisory.ts';
import type { InstalledPackage } from './production-tree.ts';

const REQUEST_MS_MAX = 30_000;
/** OSV accepts up to 1,000 queries in one request. */
const QUERIES_MAX = 500;

const batchSchema = z.object({
  results: z.array(z.object({ vulns: z.array(z.object({ id: z.string() })).optional() })),
});

/** Reads every advisory that an OSV service knows for the packages of a tree. Throws when the service does not answer. */
export async function fetchAdvisories(serviceUrl: string, tree: readonly InstalledPackage[]): Promise<Advisory[]> {
  const ids = new Set<string>();
  for (let from = 0; from < tree.length; from += QUERIES_MAX) {
    const queries = tree
      .slice(from, from + QUERIES_MAX)
      .map(({ name, version }) => ({ version, package: { ecosystem: 'npm', name } }));
    const batch = await request(new URL('/v1/querybatch', serviceUrl), batchSchema, { queries });
    for (const { vulns = [] } of batch.results) for (const { id } of vulns) ids.add(id);
  }
  const advisories: Advisory[] = [];
  for (const id of [...ids].sort()) {
    advisories.push(await request(new URL(`/v1/vulns/${encodeURIComponent(id)}`, serviceUrl), advisorySchema));
  }
  return advisories;
}

async function request<T>(url: URL, schema: z.ZodType<T>, body?: object): Promise<T> {
  const response = await fetch(url, {
    signal: AbortSignal.timeout(REQUEST_MS_MAX),
    ...(body === undefined
      ? {}
      : { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  }).catch((cause: unknown) => {
    throw new Error(`${url.origin} cannot be reached.`, { cause });
  });
  if (!response.ok) throw new Error(`${url.href} returned status ${response.status}.`);
  return schema.parse(await response.json());
}
