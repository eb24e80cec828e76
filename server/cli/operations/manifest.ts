import { z } from 'zod';
import type { CliDeployedListQuery, CliDeployedQuery, CliTagMutation } from '../generated/graphql.ts';
import { operation, REFUSAL } from './operation.ts';

const listedSchema = z.object({
  databaseId: z.string(),
  name: z.string(),
  isBundle: z.boolean(),
  shared: z.boolean(),
  tags: z.array(z.string()),
});
export type Listed = z.infer<typeof listedSchema>;

export const DEPLOYED_LIST = operation<CliDeployedListQuery>()(
  `query CliDeployedList($first: Int!, $after: String) {
    result: deployments(first: $first, after: $after) {
      pageInfo { hasNextPage endCursor }
      edges { node { databaseId name isBundle shared tags } }
    }
  }`,
  z.object({
    pageInfo: z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullable() }),
    edges: z.array(z.object({ node: listedSchema })),
  }),
);

const deployedSchema = listedSchema.extend({
  source: z.string(),
  status: z.string(),
  slug: z.string(),
  access: z.string(),
  isolation: z.string(),
  region: z.string(),
  memoryMb: z.number(),
  processor: z.string(),
  sleepAfterMinutes: z.number().nullable(),
  answersWhileAsleep: z.boolean(),
  egress: z.object({ policy: z.string(), hosts: z.array(z.string()) }),
  credentialsSet: z.array(z.string()),
  personalFields: z.array(z.string()),
  argumentValues: z.array(z.object({ name: z.string(), value: z.string() })),
  extraArguments: z.array(z.string()),
  targetRelease: z.object({ package: z.string(), version: z.string(), runtime: z.string() }).nullable(),
  views: z.array(z.object({ id: z.string(), name: z.string(), rules: z.unknown() })),
  members: z.array(
    z.object({ prefix: z.string(), databaseId: z.string(), name: z.string(), view: z.string().nullable() }),
  ),
});
/** Everything of a deployment or bundle that a file can describe. */
export type Deployed = z.infer<typeof deployedSchema>;

export const DEPLOYED = operation<CliDeployedQuery>()(
  `query CliDeployed($id: ID!) {
    result: deployment(id: $id) {
      databaseId name isBundle shared tags source status slug access isolation region memoryMb processor
      sleepAfterMinutes answersWhileAsleep egress { policy hosts } credentialsSet personalFields
      argumentValues { name value } extraArguments targetRelease { package version runtime }
      views { id name rules } members { prefix databaseId name view }
    }
  }`,
  deployedSchema.nullable(),
);

export const TAG = operation<CliTagMutation>()(
  `mutation CliTag($input: UpdateDeploymentInput!) { result: updateDeployment(input: $input) { ... on Deployment { tags } ${REFUSAL} } }`,
  z.object({ tags: z.array(z.string()) }),
);
