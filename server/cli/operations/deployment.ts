import { z } from 'zod';
import type {
  DeployMutation,
  DeploymentLogsSubscription,
  DeploymentStatusSubscription,
  FindDeploymentQuery,
  ListDeploymentsQuery,
  LogHistoryQuery,
} from '../generated/graphql.ts';
import { operation, REFUSAL } from './operation.ts';

const FAILURE = `code message hint retryable occurredAt stderrTail variables exitCode signal proposal { memoryMb processor regions }
  needs { anyOf { kind name flag } } modes { words }`;
const RELEASE = 'id databaseId number package version reason createdAt liveAt serverName protocolVersion eras';

const DEPLOYMENT = `
  id databaseId name slug source status phase endpointUrl access isolation region memoryMb processor sleepAfterMinutes answersWhileAsleep
  waking lastWokenAt lastWakeMs newerVersion newerVersionSeenAt
  createdAt updatedAt lastHealthyAt lastUsedAt credentialsSet argumentValues { name value } extraArguments
  failure { ${FAILURE} }
  currentRelease { ${RELEASE} changes { sinceNumber changes { capability name change fields { field before after } } } }
  targetRelease { ${RELEASE} }
  machine { name machineId app state region createdAt }
  tools { name title description }
  resources { uri name description mimeType template }
  prompts { name description }
  accessTokens { id name prefix createdAt expiresAt lastUsedAt }
  monthlyCost { alwaysOn withSleep currency asOf }
  events(first: 20) { edges { node { at status phase message setback } } }
  releases(first: 20) { edges { node { ${RELEASE} failure { ${FAILURE} } } } }`;

/** Values of enums stay text: a value that this version does not know is printed as it is. */
const enumSchema = z.string();

const failureSchema = z.object({
  code: z.string(),
  message: z.string(),
  hint: z.string().nullable(),
  retryable: z.boolean(),
  occurredAt: z.string(),
  stderrTail: z.array(z.string()),
  variables: z.array(z.string()),
  needs: z.array(
    z.object({ anyOf: z.array(z.object({ kind: z.string(), name: z.string(), flag: z.string().nullable() })) }),
  ),
  modes: z.array(z.object({ words: z.array(z.string()) })),
  exitCode: z.number().nullable(),
  signal: z.string().nullable(),
  proposal: z
    .object({ memoryMb: z.number().nullable(), processor: z.string().nullable(), regions: z.array(z.string()) })
    .nullable(),
});

const changesSchema = z.object({
  sinceNumber: z.number(),
  changes: z.array(
    z.object({
      capability: z.string(),
      name: z.string(),
      change: enumSchema,
      fields: z.array(z.object({ field: z.string(), before: z.string().nullable(), after: z.string().nullable() })),
    }),
  ),
});

const releaseSchema = z.looseObject({
  id: z.string(),
  databaseId: z.string(),
  number: z.number(),
  package: z.string(),
  version: z.string(),
  reason: z.string(),
  createdAt: z.string(),
  liveAt: z.string().nullable(),
  serverName: z.string().nullable(),
  eras: z.array(enumSchema),
});

const summarySchema = z.looseObject({
  id: z.string(),
  databaseId: z.string(),
  name: z.string(),
  slug: z.string(),
  access: enumSchema,
  status: enumSchema,
  phase: z.string().nullable(),
  waking: z.boolean(),
  newerVersion: z.string().nullable(),
  endpointUrl: z.string(),
  createdAt: z.string(),
  currentRelease: z.object({ package: z.string(), version: z.string() }).nullable(),
  targetRelease: z.object({ package: z.string(), version: z.string() }).nullable(),
});

export const deploymentSchema = summarySchema.extend({
  source: z.string(),
  failure: failureSchema.nullable(),
  currentRelease: releaseSchema.extend({ changes: changesSchema.nullable() }).nullable(),
  targetRelease: releaseSchema.nullable(),
  machine: z.looseObject({ name: z.string(), state: z.string().nullable(), region: z.string() }).nullable(),
  lastWokenAt: z.string().nullable(),
  lastWakeMs: z.number().nullable(),
  sleepAfterMinutes: z.number().nullable(),
  answersWhileAsleep: z.boolean(),
  newerVersionSeenAt: z.string().nullable(),
  extraArguments: z.array(z.string()),
  events: z.object({
    edges: z.array(
      z.object({
        node: z.object({
          at: z.string(),
          status: enumSchema,
          phase: z.string().nullable(),
          message: z.string(),
          setback: z.string().nullable(),
        }),
      }),
    ),
  }),
  tools: z.array(z.looseObject({ name: z.string(), description: z.string().nullable() })),
  accessTokens: z.array(
    z.looseObject({
      id: z.string(),
      name: z.string(),
      prefix: z.string(),
      createdAt: z.string(),
      expiresAt: z.string().nullable(),
      lastUsedAt: z.string().nullable(),
    }),
  ),
  releases: z.object({
    edges: z.array(z.object({ node: releaseSchema.extend({ failure: failureSchema.nullable() }) })),
  }),
});

const statusEventSchema = z.object({
  status: enumSchema,
  phase: z.string().nullable(),
  message: z.string(),
  at: z.coerce.date(),
  deployment: z
    .object({
      targetRelease: z
        .object({ timings: z.array(z.object({ phase: z.string(), milliseconds: z.number() })) })
        .nullable(),
    })
    .nullable(),
});

export type DeploymentFailure = z.infer<typeof failureSchema>;
export type ReleaseChanges = z.infer<typeof changesSchema>;
export type DeploymentSummary = z.infer<typeof summarySchema>;
export type Deployment = z.infer<typeof deploymentSchema>;
export type StatusEvent = z.infer<typeof statusEventSchema>;

export const LIST_DEPLOYMENTS = operation<ListDeploymentsQuery>()(
  `query ListDeployments($first: Int!, $after: String) {
    result: deployments(first: $first, after: $after) {
      pageInfo { hasNextPage endCursor }
      edges { node {
        id databaseId name slug access status phase waking newerVersion endpointUrl createdAt
        currentRelease { package version } targetRelease { package version }
      } }
    }
  }`,
  z.object({
    pageInfo: z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullable() }),
    edges: z.array(z.object({ node: summarySchema })),
  }),
);

export const FIND_DEPLOYMENT = operation<FindDeploymentQuery>()(
  `query FindDeployment($id: ID!) { result: deployment(id: $id) { ${DEPLOYMENT} } }`,
  deploymentSchema.nullable(),
);

export const DEPLOY = operation<DeployMutation>()(
  `mutation Deploy($input: DeployInput!) {
    result: deploy(input: $input) {
      ... on DeployPayload { accessToken deployment { ${DEPLOYMENT} } }
      ${REFUSAL}
    }
  }`,
  z.object({ accessToken: z.string().nullable(), deployment: deploymentSchema }),
);

export const DEPLOYMENT_STATUS = operation<DeploymentStatusSubscription>()(
  `subscription DeploymentStatus($id: ID!) {
    result: deploymentStatus(id: $id) {
      status phase message at
      deployment { targetRelease { timings { phase milliseconds } } }
    }
  }`,
  statusEventSchema,
);

const logLineSchema = z.object({
  at: z.string(),
  stream: enumSchema,
  text: z.string(),
});
export type LogLine = z.infer<typeof logLineSchema>;

export const LOG_HISTORY = operation<LogHistoryQuery>()(
  `query LogHistory($id: ID!, $tail: Int!) { result: deployment(id: $id) { logs(tail: $tail) { at stream text } } }`,
  z.object({ logs: z.array(logLineSchema) }).nullable(),
);

export const DEPLOYMENT_LOGS = operation<DeploymentLogsSubscription>()(
  `subscription DeploymentLogs($id: ID!, $tail: Int!) {
    result: deploymentLogs(id: $id, tail: $tail) { at stream text }
  }`,
  logLineSchema,
);
