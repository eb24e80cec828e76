import type { PrismaClient } from '#prisma/client.ts';
import { parseSnapshot } from '#server/domain/deployments/rows/snapshot.ts';
import {
  type CapabilityChange,
  diffSnapshots,
  type FieldChange,
} from '#server/domain/deployments/rows/snapshot-diff.ts';
import { builder } from '../builder.ts';
import type { GraphqlContext } from '../context.ts';
import { uuidOf } from '../ids.ts';
import { ReleaseType } from './release.ts';

export const CapabilityKindEnum = builder.enumType('CapabilityKind', {
  description: 'Kind of capability that a server offers.',
  values: ['TOOL', 'RESOURCE', 'PROMPT', 'INSTRUCTIONS'] as const,
});
export const ChangeKindEnum = builder.enumType('ChangeKind', {
  description: 'Kind of change between two releases.',
  values: ['ADDED', 'REMOVED', 'CHANGED'] as const,
});

export const FieldChangeType = builder.objectRef<FieldChange>('FieldChange').implement({
  description: 'One thing that a server says of itself, before and after.',
  fields: (t) => ({
    field: t.exposeString('field', {
      description: 'Name of the changed property: description, inputSchema, annotations …',
    }),
    before: t.exposeString('before', {
      nullable: true,
      description: 'As it was: a text as it is, all else as indented JSON; null when it was not there.',
    }),
    after: t.exposeString('after', { nullable: true, description: 'As it is now; null when it is gone.' }),
  }),
});

const CapabilityChangeType = builder.objectRef<CapabilityChange>('CapabilityChange').implement({
  description: 'A tool, resource or prompt that came, went or changed with a release.',
  fields: (t) => ({
    capability: t.expose('capability', { type: CapabilityKindEnum, description: 'Kind of capability.' }),
    name: t.exposeString('name', { description: 'Name of the tool or prompt, or URI of the resource.' }),
    change: t.expose('change', { type: ChangeKindEnum, description: 'Kind of change.' }),
    fields: t.expose('fields', { type: [FieldChangeType], description: 'Properties that differ.' }),
  }),
});

type ReleaseChanges = { sinceNumber: number; changes: CapabilityChange[] };

const ReleaseChangesType = builder.objectRef<ReleaseChanges>('ReleaseChanges').implement({
  description: 'Changes in the tools, resources and prompts that a server offers, compared with another release.',
  fields: (t) => ({
    sinceNumber: t.exposeInt('sinceNumber', { description: 'Number of the release that it is compared with.' }),
    changes: t.expose('changes', {
      type: [CapabilityChangeType],
      description: 'Capabilities that were added, removed or changed.',
    }),
  }),
});

/** The live releases of a deployment, newest first: read once for all releases of a page. */
const liveReleases = ({ prisma, shareRead }: Pick<GraphqlContext, 'prisma' | 'shareRead'>, deploymentId: string) =>
  shareRead(`live releases ${deploymentId}`, () =>
    prisma.release.findMany({
      where: { deploymentId, liveAt: { not: null } },
      orderBy: { number: 'desc' },
      select: { id: true, number: true },
    }),
  );

/** By its primary key, which the client reads in one query for all releases of a page. */
const findCompared = (prisma: PrismaClient, id: string) =>
  prisma.release.findUnique({ where: { id }, select: { deploymentId: true, number: true, snapshot: true } });

builder.prismaObjectField(ReleaseType, 'changes', (t) =>
  t.field({
    type: ReleaseChangesType,
    nullable: true,
    description: 'Changes since another release, or null while either of the two has never served.',
    args: {
      since: t.arg.id({
        required: false,
        description: 'Global id or UUID of a release of the same deployment; the one live before this when not given.',
      }),
    },
    select: { deploymentId: true, number: true, snapshot: true },
    resolve: async (release, { since }, context) => {
      const after = parseSnapshot(release.snapshot);
      if (!after) return null;
      const sinceId =
        since == null
          ? (await liveReleases(context, release.deploymentId)).find(({ number }) => number < release.number)?.id
          : uuidOf(since, 'Release');
      const compared = sinceId ? await findCompared(context.prisma, sinceId) : null;
      const before = compared?.deploymentId === release.deploymentId ? parseSnapshot(compared.snapshot) : null;
      return compared && before ? { sinceNumber: compared.number, changes: diffSnapshots(before, after) } : null;
    },
  }),
);
