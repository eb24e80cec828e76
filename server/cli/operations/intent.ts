import { z } from 'zod';
import { type Operation, operation, REFUSAL } from './operation.ts';

const answerSchema = z.object({ targetRelease: z.object({ id: z.string(), number: z.number() }).nullable() });

export type IntentAnswer = z.infer<typeof answerSchema>;

const ANSWER = `{ ... on Deployment { targetRelease { id number } } ${REFUSAL} }`;

const ofId = (field: string): Operation<IntentAnswer> =>
  operation(`mutation Intent($id: ID!) { result: ${field}(id: $id) ${ANSWER} }`, answerSchema);

export const START = ofId('startDeployment');
export const STOP = ofId('stopDeployment');
export const RESTART = ofId('restartDeployment');
export const DELETE = ofId('deleteDeployment');

export const REDEPLOY = operation(
  `mutation Redeploy($input: RedeployInput!) { result: redeploy(input: $input) ${ANSWER} }`,
  answerSchema,
);

export const ROLLBACK = operation(
  `mutation Rollback($input: RollbackInput!) { result: rollback(input: $input) ${ANSWER} }`,
  answerSchema,
);
