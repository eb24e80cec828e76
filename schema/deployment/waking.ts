import { isWaking } from '#server/domain/deployments/status.ts';
import { builder } from '../builder.ts';
import { DeploymentType } from './deployment.ts';

builder.prismaObjectFields(DeploymentType, (t) => ({
  waking: t.boolean({
    description: 'True while the deployment wakes up: calls are held until its server answers.',
    select: { status: true, phase: true, targetReleaseId: true, currentReleaseId: true },
    resolve: isWaking,
  }),
  lastWokenAt: t.expose('lastWokenAt', {
    type: 'DateTime',
    nullable: true,
    description: 'When it last woke up; null when it never did.',
  }),
  lastWakeMs: t.exposeInt('lastWakeMs', {
    nullable: true,
    description:
      'Duration of the last wake in milliseconds, from the request to its answer, or null before the first one.',
  }),
}));
