import { z } from 'zod';
import { builder } from '../builder.ts';
import type { GraphqlContext } from '../context.ts';
import { DeploymentType } from './deployment.ts';

const shownSchema = z.object({
  arguments: z.array(z.object({ name: z.string(), value: z.string() })),
  extraArguments: z.array(z.string()),
});
type Shown = z.infer<typeof shownSchema>;

const ArgumentValueType = builder.objectRef<Shown['arguments'][number]>('ArgumentValue').implement({
  description: 'An argument that is set.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Its name, as in `argumentFields`.' }),
    value: t.exposeString('value', {
      description: 'Its value; of a secret one `••••••`, which updateDeployment takes for "as it is".',
    }),
  }),
});

/** What the release runs with that is wanted now: after a rollback that is not the newest. */
async function readSet({ prisma }: GraphqlContext, deploymentId: string, targetReleaseId: string | null) {
  if (targetReleaseId === null) return null;
  const release = await prisma.release.findUnique({
    where: { id: targetReleaseId },
    select: { credentialVersion: true },
  });
  return prisma.credentialSet.findUnique({
    where: { deploymentId_version: { deploymentId, version: release?.credentialVersion ?? 0 } },
    select: { names: true, shown: true },
  });
}

const select = { id: true, targetReleaseId: true } as const;

builder.prismaObjectFields(DeploymentType, (t) => ({
  credentialsSet: t.stringList({
    description: 'Names of the credentials that are set. Their values are never returned.',
    select,
    resolve: async ({ id, targetReleaseId }, _args, context) =>
      (await readSet(context, id, targetReleaseId))?.names ?? [],
  }),
  argumentValues: t.field({
    type: [ArgumentValueType],
    description: 'The arguments that are set; a repeated one comes several times.',
    select,
    resolve: async ({ id, targetReleaseId }, _args, context) =>
      shownSchema.safeParse((await readSet(context, id, targetReleaseId))?.shown).data?.arguments ?? [],
  }),
  extraArguments: t.stringList({
    description:
      'Further arguments, in order; those that look like a key as `••••••`, which updateDeployment takes for "as it is".',
    select,
    resolve: async ({ id, targetReleaseId }, _args, context) =>
      shownSchema.safeParse((await readSet(context, id, targetReleaseId))?.shown).data?.extraArguments ?? [],
  }),
}));
