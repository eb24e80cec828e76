import { z } from 'zod';
import type { SearchRegistryQuery } from '../generated/graphql.ts';
import { operation } from './operation.ts';

const serverSchema = z.looseObject({
  name: z.string(),
  title: z.string(),
  description: z.string(),
  version: z.string().nullable(),
  status: z.string(),
  deployable: z.boolean(),
  notDeployableReason: z.string().nullable(),
  analyzeSource: z.string().nullable(),
});
export type ListedServer = z.infer<typeof serverSchema>;

export const SEARCH_REGISTRY = operation<SearchRegistryQuery>()(
  `query SearchRegistry($search: String!, $first: Int!, $deployable: Boolean!) {
    result: registryServers(search: $search, first: $first, deployable: $deployable) {
      totalCount
      edges {
        node {
          name title description version status deployable notDeployableReason analyzeSource
          packages { type identifier version } remotes { type url } repository { url subfolder }
        }
      }
    }
  }`,
  z.object({ totalCount: z.int(), edges: z.array(z.object({ node: serverSchema })) }),
);
