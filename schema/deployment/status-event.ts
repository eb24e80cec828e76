import type { DeploymentPhase, DeploymentStatus } from '#prisma/generated/client/enums.ts';
import { reachable } from '#server/domain/reach.ts';
import { builder } from '../builder.ts';
import { DeploymentPhaseEnum, DeploymentStatusEnum } from '../enums.ts';
import { DeploymentType } from './deployment.ts';

export type StatusEvent = {
  deploymentId: string;
  status: DeploymentStatus;
  phase: DeploymentPhase | null;
  message: string;
  at: Date;
};

/** A deployment's rows go with it: that they are gone is all that is left to say. */
export const goneEvent = (deploymentId: string): StatusEvent => ({
  deploymentId,
  status: 'DELETED',
  phase: null,
  message: 'Deleted.',
  at: new Date(),
});

export const DeploymentStatusEventType = builder.objectRef<StatusEvent>('DeploymentStatusEvent').implement({
  description: 'A change of a deployment, and the deployment as it is by now.',
  fields: (t) => ({
    deploymentId: t.globalID({
      description: 'The global id of the deployment.',
      resolve: ({ deploymentId }) => ({ type: 'Deployment', id: deploymentId }),
    }),
    deployment: t.withAuth({ signedIn: true }).prismaField({
      type: DeploymentType,
      nullable: true,
      description: 'The deployment as it is now; null once it is gone.',
      resolve: (query, { deploymentId }, _args, { prisma, actor }) =>
        prisma.deployment.findFirst({ ...query, where: { id: deploymentId, ...reachable(actor.userId, 'OPERATE') } }),
    }),
    status: t.expose('status', { type: DeploymentStatusEnum, description: 'The status from then on.' }),
    phase: t.expose('phase', { type: DeploymentPhaseEnum, nullable: true, description: 'The step from then on.' }),
    message: t.exposeString('message', { description: 'The change, in one sentence.' }),
    at: t.expose('at', { type: 'DateTime', description: 'When it happened.' }),
  }),
});
