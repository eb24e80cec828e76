import { z } from 'zod';
import type {
  CallBodyHistoryQuery,
  CallHistoryQuery,
  DeploymentCallsSubscription,
  RecordBodiesMutation,
} from '../generated/graphql.ts';
import { operation, REFUSAL } from './operation.ts';

const CALL = `id at method name outcome errorCode status durationMs waitedMs bytesIn bytesOut clientName clientVersion
  callerKind callerName callerDatabaseId subject releaseNumber sessionId requestId era hasBodies`;

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
  bodies: z.object({ arguments: z.string().nullable(), result: z.string().nullable() }).nullish(),
});
export type CallLine = z.infer<typeof callSchema>;

export const CALL_HISTORY = operation<CallHistoryQuery>()(
  `query CallHistory($id: ID!, $first: Int!, $filter: CallFilter) {
    result: deployment(id: $id) { callsLost calls(first: $first, filter: $filter) { edges { node { ${CALL} } } } }
  }`,
  z.object({ callsLost: z.number(), calls: z.object({ edges: z.array(z.object({ node: callSchema })) }) }).nullable(),
);

/** The same with arguments and results. */
export const CALL_BODY_HISTORY = operation<CallBodyHistoryQuery>()(
  `query CallBodyHistory($id: ID!, $first: Int!, $filter: CallFilter) {
    result: deployment(id: $id) { callsLost calls(first: $first, filter: $filter) { edges { node { ${CALL} bodies { arguments result } } } } }
  }`,
  z.object({ callsLost: z.number(), calls: z.object({ edges: z.array(z.object({ node: callSchema })) }) }).nullable(),
);

export const RECORD_BODIES = operation<RecordBodiesMutation>()(
  `mutation RecordBodies($input: UpdateDeploymentInput!) { result: updateDeployment(input: $input) { ... on Deployment { name recordsBodies } ${REFUSAL} } }`,
  z.object({ name: z.string(), recordsBodies: z.boolean() }),
);

export const DEPLOYMENT_CALLS = operation<DeploymentCallsSubscription>()(
  `subscription DeploymentCalls($id: ID!, $filter: CallFilter) {
    result: deploymentCalls(id: $id, filter: $filter) { ${CALL} }
  }`,
  callSchema,
);
