import { z } from 'zod';
import { isNewerVersion } from '#server/domain/deployments/upkeep/newer-version.ts';
import { builder } from '../builder.ts';
import { DeploymentType } from './deployment.ts';

const specSchema = z.looseObject({ runtime: z.string() });

const select = {
  newestVersion: true,
  newestVersionSeenAt: true,
  newerVersions: true,
  currentRelease: { select: { version: true, spec: true } },
} as const;

type Row = {
  newestVersion: string | null;
  newestVersionSeenAt: Date | null;
  newerVersions: string[];
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
  versionsBehind: t.int({
    nullable: true,
    description: 'Number of released versions after the one that serves, up to `newerVersion`; null without one.',
    select,
    resolve: (row) => {
      if (newerVersionOf(row) === null) return null;
      const runtime = specSchema.safeParse(row.currentRelease?.spec).data?.runtime ?? '';
      const running = row.currentRelease?.version ?? '';
      // A release in between may serve by now. Versions that the index does not list leave the newest alone.
      return Math.max(1, row.newerVersions.filter((one) => isNewerVersion(runtime, one, running)).length);
    },
  }),
  newerVersionSeenAt: t.field({
    type: 'DateTime',
    nullable: true,
    description: 'Time at which that version was first seen.',
    select,
    resolve: (row) => (newerVersionOf(row) === null ? null : row.newestVersionSeenAt),
  }),
}));
