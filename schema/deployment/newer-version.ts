import { z } from 'zod';
import { isNewerVersion } from '#server/domain/deployments/upkeep/newer-version.ts';
import { builder } from '../builder.ts';
import { DeploymentType } from './deployment.ts';

const specSchema = z.looseObject({ runtime: z.string() });

const select = {
  newestVersion: true,
  newestVersionSeenAt: true,
  currentRelease: { select: { version: true, spec: true } },
} as const;

type Row = {
  newestVersion: string | null;
  newestVersionSeenAt: Date | null;
  currentRelease: { version: string; spec: unknown } | null;
};

function newerVersionOf({ newestVersion, currentRelease }: Row): string | null {
  const runtime = specSchema.safeParse(currentRelease?.spec).data?.runtime;
  if (!runtime || !currentRelease || newestVersion === null) return null;
  return isNewerVersion(runtime, newestVersion, currentRelease.version) ? newestVersion : null;
}

builder.prismaObjectFields(DeploymentType, (t) => ({
  newerVersion: t.string({
    nullable: true,
    description: 'A version in its registry that is newer than the one that serves; looked for daily.',
    select,
    resolve: (row) => newerVersionOf(row),
  }),
  newerVersionSeenAt: t.field({
    type: 'DateTime',
    nullable: true,
    description: 'When that version was first seen.',
    select,
    resolve: (row) => (newerVersionOf(row) === null ? null : row.newestVersionSeenAt),
  }),
}));
