import type { DeploymentFailure } from '#server/domain/deployments/model.ts';
import { builder } from '../builder.ts';
import { ErrorCodeEnum } from '../errors.ts';

export const DeploymentFailureType = builder.objectRef<DeploymentFailure>('DeploymentFailure').implement({
  description: 'Why a deployment or release does not run.',
  fields: (t) => ({
    code: t.expose('code', { type: ErrorCodeEnum, description: 'Which error it is, for programs.' }),
    message: t.exposeString('message', { description: 'What happened, in one sentence.' }),
    hint: t.exposeString('hint', { nullable: true, description: 'What to do about it.' }),
    retryable: t.exposeBoolean('retryable', { description: 'Whether trying again may help.' }),
    occurredAt: t.expose('occurredAt', { type: 'DateTime', description: 'When it happened.' }),
    stderrTail: t.exposeStringList('stderrTail', { description: 'The last lines the server wrote, redacted.' }),
    variables: t.stringList({
      description: 'The variables that the server asked for.',
      resolve: ({ variables }) => variables ?? [],
    }),
  }),
});
