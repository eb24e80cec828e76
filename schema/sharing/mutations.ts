import { reachable } from '#server/domain/reach.ts';
import { builder } from '../builder.ts';
import { DeploymentType } from '../deployment/deployment.ts';
import { ShareRoleEnum } from '../enums.ts';
import { requireUuid } from '../ids.ts';

const ShareDeploymentInput = builder.inputType('ShareDeploymentInput', {
  description: 'A deployment, and whom to share it with: exactly one of `person`, `teamId` and `everyone`.',
  fields: (t) => ({
    deploymentId: t.id({ description: 'Global id or UUID of the deployment.' }),
    person: t.string({ required: false, description: 'Name or e-mail address of a user of this installation.' }),
    teamId: t.id({ required: false, description: 'UUID of a team of the viewer.' }),
    everyone: t.boolean({ required: false, description: 'True for everyone who can sign in here; only with USE.' }),
    role: t.field({ type: ShareRoleEnum, description: 'What they may do.' }),
  }),
});

const SharePayload = builder.objectRef<{ deploymentId: string }>('SharePayload').implement({
  description: 'A deployment whose shares were changed.',
  fields: (t) => ({
    deployment: t.withAuth({ signedIn: true }).prismaField({
      type: DeploymentType,
      nullable: true,
      description: 'The deployment; null if the viewer may no longer operate it.',
      resolve: (query, { deploymentId }, _args, { prisma, actor }) =>
        prisma.deployment.findFirst({ ...query, where: { id: deploymentId, ...reachable(actor.userId, 'OPERATE') } }),
    }),
  }),
});

builder.mutationFields((t) => ({
  shareDeployment: t.withAuth({ write: true }).field({
    type: SharePayload,
    errors: {},
    description: 'Shares a deployment with other people, or changes what they may do.',
    args: { input: t.arg({ type: ShareDeploymentInput, description: 'The deployment, the people and the role.' }) },
    resolve: async (_root, { input }, { actor, services }) => {
      const deploymentId = requireUuid(input.deploymentId, 'Deployment');
      await services.sharing.share(actor, { ...input, deploymentId });
      return { deploymentId };
    },
  }),
  unshareDeployment: t.withAuth({ write: true }).field({
    type: SharePayload,
    errors: {},
    description:
      'Ends a share: the apps, keys, tokens and streams that people had by it end at once, everywhere. Everyone may end a share with themselves.',
    args: { shareId: t.arg.id({ description: 'UUID of the share.' }) },
    resolve: (_root, { shareId }, { actor, services }) => services.sharing.unshare(actor, shareId),
  }),
}));
