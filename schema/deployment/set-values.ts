import { z } from 'zod';
import { builder } from '../builder.ts';
import { DeploymentType } from './deployment.ts';

const shownSchema = z.object({
  arguments: z.array(z.object({ name: z.string(), value: z.string() })),
  extraArguments: z.array(z.string()),
});
type Shown = z.infer<typeof shownSchema>;

const ArgumentValueType = builder.objectRef<Shown['arguments'][number]>('ArgumentValue').implement({
  description: 'An argument that is set.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Name of the argument, as in `argumentFields`.' }),
    value: t.exposeString('value', {
      description: 'Value of the argument; of a secret one `••••••`, which updateDeployment takes for "as it is".',
    }),
  }),
});

/** Read with the deployment, so that a page of them costs no more than one. */
const select = {
  targetReleaseId: true,
  releases: { select: { id: true, credentialVersion: true } },
  credentials: { select: { version: true, names: true, shown: true } },
} as const;

type Selected = {
  targetReleaseId: string | null;
  releases: { id: string; credentialVersion: number }[];
  credentials: { version: number; names: string[]; shown: unknown }[];
};

/** The values of the target release; after a rollback that is not the newest release. */
function setOf({ targetReleaseId, releases, credentials }: Selected) {
  const wanted = releases.find(({ id }) => id === targetReleaseId)?.credentialVersion;
  return credentials.find(({ version }) => version === wanted) ?? null;
}

const shownOf = (deployment: Selected): Partial<Shown> => shownSchema.safeParse(setOf(deployment)?.shown).data ?? {};

builder.prismaObjectFields(DeploymentType, (t) => ({
  credentialsSet: t.stringList({
    description: 'Names of the credentials that are set. Their values are never returned.',
    select,
    resolve: (deployment) => setOf(deployment)?.names ?? [],
  }),
  argumentValues: t.field({
    type: [ArgumentValueType],
    description: 'The arguments that are set; a repeated one comes several times.',
    select,
    resolve: (deployment) => shownOf(deployment).arguments ?? [],
  }),
  extraArguments: t.stringList({
    description:
      'Further arguments, in order; those that look like a key as `••••••`, which updateDeployment takes for "as it is".',
    select,
    resolve: (deployment) => shownOf(deployment).extraArguments ?? [],
  }),
}));
