import { z } from 'zod';
import type {
  BundleQuery,
  BundlesQuery,
  CliCreateBundleMutation,
  CliUpdateBundleMutation,
} from '../generated/graphql.ts';
import { operation, REFUSAL } from './operation.ts';

const memberSchema = z.object({
  prefix: z.string(),
  databaseId: z.string(),
  name: z.string(),
  status: z.string(),
  view: z.string().nullable(),
});

const bundleSchema = z.object({
  databaseId: z.string(),
  name: z.string(),
  slug: z.string(),
  status: z.string(),
  endpointUrl: z.string(),
  isBundle: z.boolean(),
  members: z.array(memberSchema),
  bundleEffect: z.object({ tools: z.array(z.object({ name: z.string() })), tokens: z.number() }),
});

export type BundleRow = z.infer<typeof bundleSchema>;

const SELECTION =
  'databaseId name slug status endpointUrl isBundle members { prefix databaseId name status view } bundleEffect { tools { name } tokens }';

export const BUNDLES = operation<BundlesQuery>()(
  `query Bundles { result: bundles { ${SELECTION} } }`,
  z.array(bundleSchema),
);

export const BUNDLE = operation<BundleQuery>()(
  `query Bundle($id: ID!) { result: deployment(id: $id) { ${SELECTION} } }`,
  bundleSchema.nullable(),
);

export const CREATE_BUNDLE = operation<CliCreateBundleMutation>()(
  `mutation CliCreateBundle($input: CreateBundleInput!) {
    result: createBundle(input: $input) { ... on DeployPayload { accessToken deployment { ${SELECTION} } } ${REFUSAL} }
  }`,
  z.object({ accessToken: z.string().nullable(), deployment: bundleSchema }),
);

export const UPDATE_BUNDLE = operation<CliUpdateBundleMutation>()(
  `mutation CliUpdateBundle($input: UpdateBundleInput!) {
    result: updateBundle(input: $input) { ... on Deployment { ${SELECTION} } ${REFUSAL} }
  }`,
  bundleSchema,
);
