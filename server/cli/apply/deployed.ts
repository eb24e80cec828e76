import { CliFailure, usage } from '../failure.ts';
import type { GraphqlClient } from '../graphql-client.ts';
import { DEPLOYED, DEPLOYED_LIST, type Deployed, type Listed } from '../operations/manifest.ts';
import { oneLine } from '../printable.ts';

const PAGE = 200;

/** The caller's own deployments and bundles; those of other people are theirs to describe. */
export async function listOwn(client: GraphqlClient): Promise<Listed[]> {
  const all: Listed[] = [];
  let after: string | null = null;
  for (;;) {
    const page: { pageInfo: { hasNextPage: boolean; endCursor: string | null }; edges: { node: Listed }[] } =
      await client.ask(DEPLOYED_LIST, { first: PAGE, after });
    all.push(...page.edges.map(({ node }) => node).filter(({ shared }) => !shared));
    if (!page.pageInfo.hasNextPage) return all;
    after = page.pageInfo.endCursor;
  }
}

export async function getDeployed(client: GraphqlClient, id: string): Promise<Deployed> {
  const found = await client.ask(DEPLOYED, { id });
  if (!found) throw new CliFailure('NOT_FOUND', 'A deployment was deleted in the meantime.', { hint: 'Run it again.' });
  return found;
}

/** The one with this name; undefined without one. @throws CliFailure if several have it. */
export function named(own: readonly Listed[], name: string): Listed | undefined {
  const found = own.filter((one) => one.name === name);
  if (found.length < 2) return found[0];
  const ids = found.map(({ databaseId }) => databaseId).join(', ');
  throw usage(
    `${found.length} deployments are called “${oneLine(name)}”: ${ids}.`,
    'A file names deployments by their names: rename all but one with catwalk configure <id> --name <name>.',
  );
}
