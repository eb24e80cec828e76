import type { PrismaClient } from '#prisma/client.ts';
import type { Actor } from '#server/domain/actor.ts';
import type { DeploymentService } from '#server/domain/deployments/service.ts';
import { notFound } from '#server/domain/errors.ts';
import { reachable } from '#server/domain/reach.ts';
import { builder } from '../builder.ts';
import { requireUuid } from '../ids.ts';
import { omitUndefined } from '../omit-undefined.ts';
import { DeploymentType } from './deployment.ts';
import { DeployInput, RedeployInput, RollbackInput, UpdateCredentialsInput, UpdateDeploymentInput } from './inputs.ts';

type DeployResult = { deploymentId: string; accessToken: string | null };

export const DeployPayload = builder.objectRef<DeployResult>('DeployPayload').implement({
  description: 'A deployment that was just made.',
  fields: (t) => ({
    deployment: t.withAuth({ signedIn: true }).prismaField({
      type: DeploymentType,
      description: 'The deployment; follow it with deploymentStatus.',
      resolve: (query, { deploymentId }, _args, { prisma, actor }) =>
        prisma.deployment.findFirstOrThrow({ ...query, where: owned(actor, deploymentId) }),
    }),
    accessToken: t.exposeString('accessToken', {
      nullable: true,
      description: 'The first token of its endpoint, shown here and never again; null when it is public.',
    }),
  }),
});

const owned = (actor: Actor, id: string) => ({ id, ...reachable(actor.userId, 'OPERATE') });

builder.mutationField('deploy', (t) =>
  t.withAuth({ write: true }).field({
    type: DeployPayload,
    errors: {},
    description: 'Deploys what an analysis found. Answers at once; follow it with deploymentStatus.',
    args: { input: t.arg({ type: DeployInput, description: 'The server to deploy and its settings.' }) },
    resolve: (_root, { input }, { actor, services }) =>
      services.deployments.deploy(actor, {
        ...omitUndefined(input),
        analysisId: requireUuid(input.analysisId, 'Analysis'),
        credentials: input.credentials ?? [],
        arguments: input.arguments ?? [],
        access: input.access ?? 'TOKEN',
        isolation: input.isolation ?? 'AUTO',
        acceptUnverified: input.acceptUnverified ?? false,
        extraArguments: input.extraArguments ?? [],
        extraEnvironment: input.extraEnvironment ?? [],
        personalFields: input.personalFields ?? [],
      }),
  }),
);

/** Intents that take an id alone. */
const intents = {
  startDeployment: ['start', 'Starts a deployment that is stopped, failed or asleep.'],
  stopDeployment: ['stop', 'Stops a deployment; its endpoint answers 503 until it is started.'],
  restartDeployment: ['restart', 'Restarts the machine of a deployment.'],
} as const satisfies Record<string, readonly [keyof DeploymentService, string]>;

const reread = async (prisma: PrismaClient, query: object, actor: Actor, id: string) => {
  const row = await prisma.deployment.findFirst({ ...query, where: owned(actor, id) });
  if (!row) throw notFound('The deployment');
  return row;
};

for (const [name, [intent, description]] of Object.entries(intents)) {
  builder.mutationField(name, (t) =>
    t.withAuth({ write: true }).prismaField({
      type: DeploymentType,
      errors: {},
      description,
      args: { id: t.arg.id({ description: 'Global id or UUID of the deployment.' }) },
      resolve: async (query, _root, args, { prisma, actor, services }) => {
        const id = requireUuid(args.id, 'Deployment');
        await services.deployments[intent](actor, id);
        return reread(prisma, query, actor, id);
      },
    }),
  );
}

builder.mutationFields((t) => ({
  deleteDeployment: t.withAuth({ write: true }).prismaField({
    type: DeploymentType,
    errors: {},
    description: 'Deletes a deployment, its machine, tokens, credentials and logs. It cannot be undone.',
    args: { id: t.arg.id({ description: 'Global id or UUID of the deployment.' }) },
    resolve: async (query, _root, args, { prisma, actor, services }) => {
      const id = requireUuid(args.id, 'Deployment');
      const before = await prisma.deployment.findFirst({ ...query, where: owned(actor, id) });
      await services.deployments.delete(actor, id);
      const after = await prisma.deployment.findFirst({ ...query, where: owned(actor, id) });
      const last = after ?? before; // a worker may have been so quick that the row is gone
      if (last === null) throw notFound('The deployment');
      return { ...last, status: 'DELETING' as const };
    },
  }),
  redeploy: t.withAuth({ write: true }).prismaField({
    type: DeploymentType,
    errors: {},
    description:
      'Makes a new release: the newest version, or the named one. The previous release serves until the new one is live.',
    args: { input: t.arg({ type: RedeployInput, description: 'The deployment and the version.' }) },
    resolve: async (query, _root, { input }, { prisma, actor, services }) => {
      const id = requireUuid(input.id, 'Deployment');
      await services.deployments.redeploy(actor, { id, version: input.version ?? null });
      return reread(prisma, query, actor, id);
    },
  }),
  rollback: t.withAuth({ write: true }).prismaField({
    type: DeploymentType,
    errors: {},
    description: 'Makes a new release with what an older one ran.',
    args: { input: t.arg({ type: RollbackInput, description: 'The deployment and the release.' }) },
    resolve: async (query, _root, { input }, { prisma, actor, services }) => {
      const id = requireUuid(input.id, 'Deployment');
      const releaseId = input.releaseId == null ? null : requireUuid(input.releaseId, 'Release');
      await services.deployments.rollback(actor, { id, releaseId });
      return reread(prisma, query, actor, id);
    },
  }),
  updateCredentials: t.withAuth({ write: true }).prismaField({
    type: DeploymentType,
    errors: {},
    description: 'Sets and removes credentials, sets arguments, and makes a new release with them.',
    args: { input: t.arg({ type: UpdateCredentialsInput, description: 'Credentials to set and to remove.' }) },
    resolve: async (query, _root, { input }, { prisma, actor, services }) => {
      const id = requireUuid(input.id, 'Deployment');
      await services.deployments.updateCredentials(actor, {
        id,
        set: input.set ?? [],
        unset: input.unset ?? [],
        arguments: input.arguments ?? [],
        mode: input.mode ?? [],
      });
      return reread(prisma, query, actor, id);
    },
  }),
  updateDeployment: t.withAuth({ write: true }).prismaField({
    type: DeploymentType,
    errors: {},
    description: 'Changes a deployment; what its machine runs with changes by a new release.',
    args: { input: t.arg({ type: UpdateDeploymentInput, description: 'Settings to change.' }) },
    resolve: async (query, _root, { input }, { prisma, actor, services }) => {
      const id = requireUuid(input.id, 'Deployment');
      await services.deployments.updateDeployment(actor, { ...omitUndefined(input), id });
      return reread(prisma, query, actor, id);
    },
  }),
}));
