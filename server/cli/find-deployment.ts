import { CliFailure, usage } from './failure.ts';
import type { GraphqlClient } from './graphql-client.ts';
import { type Deployment, type DeploymentSummary, FIND_DEPLOYMENT, LIST_DEPLOYMENTS } from './operations/deployment.ts';
import { LIST_SHARED_DEPLOYMENTS } from './operations/sharing.ts';

const PAGE = 200;
const PREFIX_CHARACTERS_MIN = 4;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export async function listDeployments(client: GraphqlClient): Promise<DeploymentSummary[]> {
  const all: DeploymentSummary[] = [];
  let after: string | null = null;
  for (;;) {
    const page: { pageInfo: { hasNextPage: boolean; endCursor: string | null }; edges: { node: DeploymentSummary }[] } =
      await client.ask(LIST_DEPLOYMENTS, { first: PAGE, after });
    all.push(...page.edges.map(({ node }) => node));
    if (!page.pageInfo.hasNextPage) return all;
    after = page.pageInfo.endCursor;
  }
}

/** Those that a word on the command line means: an id, a short name or a name exactly, else the start of a UUID. */
export function matching(word: string, deployments: readonly DeploymentSummary[]): DeploymentSummary[] {
  const unique = deployments.filter(({ id, databaseId, slug }) => [id, databaseId, slug].includes(word));
  const exact = unique.length > 0 ? unique : deployments.filter(({ name }) => name === word);
  if (exact.length > 0 || word.length < PREFIX_CHARACTERS_MIN) return exact;
  return deployments.filter(({ databaseId }) => databaseId.startsWith(word.toLowerCase()));
}

/** @throws CliFailure NOT_FOUND, or wrong usage when several have that name. */
export async function findDeployment(client: GraphqlClient, word: string): Promise<Deployment> {
  const missing = new CliFailure('NOT_FOUND', `There is no deployment “${word}”.`, {
    hint: '`catwalk ls` lists yours.',
  });
  if (UUID.test(word)) {
    const deployment = await client.ask(FIND_DEPLOYMENT, { id: word });
    if (!deployment) throw missing;
    return deployment;
  }
  const found = matching(word, await listDeployments(client));
  const [only, ...others] = found;
  if (!only) throw missing;
  if (others.length > 0) {
    const ids = found.map(({ databaseId }) => databaseId).join(', ');
    throw usage(`${found.length} deployments are called “${word}”.`, `Name one by its id: ${ids}`);
  }
  const deployment = await client.ask(FIND_DEPLOYMENT, { id: only.databaseId });
  if (!deployment) throw missing; // deleted in between
  return deployment;
}

/** The same, and those of other people that the caller may use alone. @throws CliFailure */
export async function findUsable(
  client: GraphqlClient,
  word: string,
): Promise<Pick<Deployment, 'databaseId' | 'name' | 'endpointUrl'>> {
  const shared = await client.ask(LIST_SHARED_DEPLOYMENTS);
  const found = shared.filter(({ databaseId, name }) => [databaseId, name].includes(word));
  const [only, ...others] = found;
  if (only && others.length === 0) return only;
  if (only) {
    const ids = found.map(({ databaseId }) => databaseId).join(', ');
    throw usage(`${found.length} deployments are called “${word}”.`, `Name one by its id: ${ids}`);
  }
  return findDeployment(client, word);
}

/**
 * The address of an endpoint with the short name in place of the id. With OAuth it is the one by id: the metadata names it, and
 * clients refuse another one (RFC 9728, section 3.3).
 */
export const readableUrl = ({
  access,
  endpointUrl,
  databaseId,
  slug,
}: Pick<DeploymentSummary, 'access' | 'endpointUrl' | 'databaseId' | 'slug'>): string =>
  access === 'OAUTH' ? endpointUrl : endpointUrl.replace(databaseId, slug);
