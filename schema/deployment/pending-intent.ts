import { type PendingIntent, pendingIntent } from '#server/domain/deployments/intents/pending-intent.ts';
import { builder } from '../builder.ts';
import { DeploymentType } from './deployment.ts';

const PendingIntentEnum = builder.enumType('PendingIntent', {
  description: 'A requested change that is not carried out yet.',
  values: {
    STOP: { description: 'The deployment is being stopped.' },
    RESTART: { description: 'The machine of the deployment is being stopped and started.' },
  } satisfies Record<PendingIntent, unknown>,
});

builder.prismaObjectFields(DeploymentType, (t) => ({
  pendingIntent: t.field({
    type: PendingIntentEnum,
    nullable: true,
    description: 'A change that the owner requested and that is not carried out yet, if `status` does not show it.',
    select: { desired: true, status: true, restartGeneration: true },
    resolve: pendingIntent,
  }),
}));
