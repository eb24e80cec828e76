import { z } from 'zod';
import type {
  DeleteMutation,
  RedeployMutation,
  RestartMutation,
  RollbackMutation,
  StartMutation,
  StopMutation,
  UpdateSleepMutation,
} from '../generated/graphql.ts';
import { operation, REFUSAL } from './operation.ts';

const answerSchema = z.object({ targetRelease: z.object({ id: z.string(), number: z.number() }).nullable() });

export type IntentAnswer = z.infer<typeof answerSchema>;

const ANSWER = `{ ... on Deployment { targetRelease { id number } } ${REFUSAL} }`;

const ofId = (name: string, field: string): string =>
  `mutation ${name}($id: ID!) { result: ${field}(id: $id) ${ANSWER} }`;

export const START = operation<StartMutation>()(ofId('Start', 'startDeployment'), answerSchema);
export const STOP = operation<StopMutation>()(ofId('Stop', 'stopDeployment'), answerSchema);
export const RESTART = operation<RestartMutation>()(ofId('Restart', 'restartDeployment'), answerSchema);
export const DELETE = operation<DeleteMutation>()(ofId('Delete', 'deleteDeployment'), answerSchema);

export const REDEPLOY = operation<RedeployMutation>()(
  `mutation Redeploy($input: RedeployInput!) { result: redeploy(input: $input) ${ANSWER} }`,
  answerSchema,
);

export const ROLLBACK = operation<RollbackMutation>()(
  `mutation Rollback($input: RollbackInput!) { result: rollback(input: $input) ${ANSWER} }`,
  answerSchema,
);

export const UPDATE_SLEEP = operation<UpdateSleepMutation>()(
  `mutation UpdateSleep($input: UpdateDeploymentInput!) { result: updateDeployment(input: $input) { ... on Deployment { name sleepAfterMinutes answersWhileAsleep } ${REFUSAL} } }`,
  z.object({ name: z.string(), sleepAfterMinutes: z.number().nullable(), answersWhileAsleep: z.boolean() }),
);
