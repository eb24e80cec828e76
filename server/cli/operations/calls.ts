import { z } from 'zod';
import type { CallHistoryQuery, DeploymentCallsSubscription } from '../generated/graphql.ts';
import { operation } from './operation.ts';

const CALL = `id at method name outcome errorCode status durationMs waitedMs bytesIn bytesOut clientName clientVersion
  callerKind callerName callerDatabaseId subject releaseNumber sessionId requestId era`;

const callSchema = z.looseObject({
  id: z.string(),
  at: z.string(),
  method: z.string(),
  name: z.string(),
  /** Text, so that an outcome that this version does not know is printed as it is. */
  outcome: z.string(),
  errorCode: z.string().nullable(),
  status: z.number().nullable(),
  durationMs: z.number(),
  clientName: z.string().nullable(),
  callerKind: z.string().nullable(),
  callerName: z.string().nullable(),
  era: z.string(),
});
export type CallLine = z.infer<typeof callSchema>;

export const CALL_HISTORY = operation<CallHistoryQuery>()(
  `query CallHistory($id: ID!, $first: Int!, $filter: CallFilter) {
    result: deployment(id: $id) { callsLost calls(first: $first, filter: $filter) { edges { node { ${CALL} } } } }
  }`,
  z.object({ callsLost: z.number(), calls: z.object({ edges: z.array(z.object({ node: callSchema })) }) }).nullable(),
);

export const DEPLOYMENT_CALLS = operation<DeploymentCallsSubscription>()(
  `subscription DeploymentCalls($id: ID!, $filter: CallFilter) {
    result: deploymentCalls(id: $id, filter: $filter) { ${CALL} }
  }`,
  callSchema,
);
