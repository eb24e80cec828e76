import { type PendingIntent, pendingIntent } from '#server/domain/deployments/intents/pending-intent.ts';
import { builder } from '../builder.ts';
import { DeploymentType } from './deployment.ts';

const PendingIntentEnum = builder.enumType('PendingIntent', {
  description: 'What was asked for and is not carried out yet.',
  values: {
    STOP: { description: 'It is being stopped.' },
    RESTART: { description: 'Its machine is being stopped and started.' },
  } satisfies Record<PendingIntent, unknown>,
});

builder.prismaObjectFields(DeploymentType, (t) => ({
  pendingIntent: t.field({
    type: PendingIntentEnum,
    nullable: true,
    description: 'What its owner asked for and is not carried out yet, where `status` does not say it.',
    select: { desired: true, status: true, restartGeneration: true },
    resolve: pendingIntent,
  }),
}));
