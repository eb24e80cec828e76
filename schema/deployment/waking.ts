import { isWaking } from '#server/domain/deployments/status.ts';
import { builder } from '../builder.ts';
import { DeploymentType } from './deployment.ts';

builder.prismaObjectFields(DeploymentType, (t) => ({
  waking: t.boolean({
    description: 'It sleeps and is on its way back: calls are held until it answers.',
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
    description: 'How long that took, from the request to its answer, in milliseconds.',
  }),
}));
