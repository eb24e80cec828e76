import type { Transaction } from '#prisma/client.ts';
import type { Deployment, Release } from '#prisma/generated/client/client.ts';
import { writeAudit } from '#server/domain/audit/audit.ts';
import { notFound } from '#server/domain/errors.ts';
import { contentOf } from '../rows/releases.ts';
import type { DeploymentService } from '../service.ts';
import { lockDeployment } from './intent.ts';
import { latestRelease, makeRelease, readForm, saveForm } from './make-release.ts';
import { type DeploymentServiceDeps, integrityOf, resolveLimit, versionOf } from './service-deps.ts';

/** What is done by another release: its machine comes up beside the one that serves. */
export function createReleaseIntents(
  deps: DeploymentServiceDeps,
): Pick<DeploymentService, 'redeploy' | 'rollback' | 'updateCredentials'> {
  const { prisma, transaction } = deps.database;
  return {
    redeploy: async (actor, { id, version }) => {
      const row = await prisma.deployment.findFirst({ where: { id, ownerId: actor.userId } });
      const before =
        row && (await prisma.release.findUnique({ where: { id: row.targetReleaseId ?? row.currentReleaseId ?? id } }));
      if (!before) throw notFound('The deployment');
      const wanted = { spec: contentOf(before).spec, source: row.source };
      const spec = await deps.resolvePackage(actor, wanted, version ?? null, resolveLimit());
      await transaction(async (tx) => {
        const deployment = await lockDeployment(tx, actor, id);
        const latest = contentOf(await latestRelease(tx, deployment));
        const content = { ...latest, spec, version: versionOf(spec) ?? latest.version, integrity: integrityOf(spec) };
        await makeRelease(deps, tx, actor, deployment, content, 'redeploy');
      });
    },

    rollback: (actor, { id, releaseId }) =>
      transaction(async (tx) => {
        const deployment = await lockDeployment(tx, actor, id);
        const older = releaseId
          ? await tx.release.findFirst({ where: { id: releaseId, deploymentId: id } })
          : await previousRelease(tx, deployment);
        if (!older) throw notFound('The release to roll back to');
        await makeRelease(deps, tx, actor, deployment, contentOf(older), 'rollback');
      }),

    updateCredentials: (actor, { id, set, unset }) =>
      transaction(async (tx) => {
        const deployment = await lockDeployment(tx, actor, id);
        const latest = await latestRelease(tx, deployment);
        const changed = new Set([...set.map(({ name }) => name), ...unset]);
        const values = await readForm(deps, tx, deployment, latest.credentialVersion);
        const version = await saveForm(deps, tx, deployment, {
          ...values,
          credentials: [...values.credentials.filter(({ name }) => !changed.has(name)), ...set],
          extraEnvironment: values.extraEnvironment.filter(({ name }) => !changed.has(name)),
        });
        await writeAudit(
          tx,
          { actor, ownerId: actor.userId },
          { type: 'credentials.updated', version, set: set.map(({ name }) => name), unset },
          id,
        );
        const content = { ...contentOf(latest), credentialVersion: version };
        await makeRelease(deps, tx, actor, deployment, content, 'credentials');
      }),
  };
}

/** The newest release that ever served, before the one that is wanted now. */
async function previousRelease(tx: Transaction, deployment: Deployment): Promise<Release | null> {
  const present = await latestRelease(tx, deployment);
  return tx.release.findFirst({
    where: { deploymentId: deployment.id, liveAt: { not: null }, number: { lt: present.number } },
    orderBy: { number: 'desc' },
  });
}
