import type { Transaction } from '#prisma/client.ts';
import type { Deployment, Release } from '#prisma/generated/client/client.ts';
import type { Actor } from '#server/domain/actor.ts';
import { auditDeployment } from '#server/domain/audit/audit.ts';
import { invalidInput, notFound } from '#server/domain/errors.ts';
import { withMode } from '#server/domain/learn/with-mode.ts';
import { requireRole } from '#server/domain/reach.ts';
import { storable } from '#server/domain/storable.ts';
import { isPersonalField } from '../personal/own-values.ts';
import { parseFields } from '../rows/fields.ts';
import { contentOf } from '../rows/releases.ts';
import type { UpdateCredentialsInput } from './inputs.ts';
import { lockDeployment } from './intent.ts';
import type { IntentDeps } from './intent-deps.ts';
import { latestRelease, makeRelease, readForm, saveForm } from './make-release.ts';
import { integrityOf, versionOf } from './package-version.ts';
import { resolveLimit } from './resolve-package.ts';

/** Intents that add a release: its machine comes up beside the one that serves. */
export function createReleaseIntents(deps: IntentDeps) {
  const { prisma, transaction } = deps.database;
  return {
    redeploy: async (actor: Actor, { id, version }: { id: string; version?: string | null }): Promise<void> => {
      await requireRole(prisma, actor, id, 'OPERATE');
      const row = await prisma.deployment.findUnique({ where: { id } });
      const before =
        row && (await prisma.release.findUnique({ where: { id: row.targetReleaseId ?? row.currentReleaseId ?? id } }));
      if (!before) throw notFound('The deployment');
      const current = { spec: contentOf(before).spec, source: row.source };
      const spec = await deps.resolvePackage(actor, current, version ?? null, resolveLimit());
      await transaction(async (tx) => {
        const deployment = await lockDeployment(tx, actor, id, 'OPERATE');
        const latest = contentOf(await latestRelease(tx, deployment));
        const content = { ...latest, spec, version: versionOf(spec) ?? latest.version, integrity: integrityOf(spec) };
        await makeRelease(deps, tx, actor, deployment, content, 'redeploy');
      });
    },

    rollback: (actor: Actor, { id, releaseId }: { id: string; releaseId?: string | null }): Promise<void> =>
      transaction(async (tx) => {
        const deployment = await lockDeployment(tx, actor, id, 'OPERATE');
        const older = releaseId
          ? await tx.release.findFirst({ where: { id: releaseId, deploymentId: id } })
          : await previousRelease(tx, deployment);
        if (!older) throw notFound('The release to roll back to');
        await makeRelease(deps, tx, actor, deployment, contentOf(older), 'rollback');
      }),

    updateCredentials: (
      actor: Actor,
      { id, set, unset, arguments: args = [], mode = [] }: UpdateCredentialsInput,
    ): Promise<void> =>
      transaction(async (tx) => {
        const deployment = await lockDeployment(tx, actor, id, 'OWN');
        const own = set.find(({ name }) => deployment.personalFields.includes(name));
        if (own) throw isPersonalField(own.name);
        const latest = await latestRelease(tx, deployment);
        const changed = new Set([...set.map(({ name }) => name), ...unset]);
        const values = await readForm(deps, tx, deployment, latest.credentialVersion);
        const replaced = new Set(args.map(({ name }) => name));
        const updated = mode.length === 0 ? deployment : await startWith(tx, deployment, mode);
        const version = await saveForm(deps, tx, updated, {
          ...values,
          credentials: [...values.credentials.filter(({ name }) => !changed.has(name)), ...set],
          extraEnvironment: values.extraEnvironment.filter(({ name }) => !changed.has(name)),
          arguments: [...values.arguments.filter(({ name }) => !replaced.has(name)), ...args],
        });
        const names = [...set, ...args].map(({ name }) => name);
        await auditDeployment(tx, actor, deployment, { type: 'credentials.updated', version, set: names, unset });
        const content = { ...contentOf(latest), credentialVersion: version };
        await makeRelease(deps, tx, actor, updated, content, 'credentials');
      }),
  };
}

const MODE_WORDS_MAX = 4;
const MODE_CHARACTERS_MAX = 60;

/** Fixes words of the command line, such as the subcommand that a usage text offered. */
async function startWith(tx: Transaction, deployment: Deployment, mode: readonly string[]): Promise<Deployment> {
  if (mode.length > MODE_WORDS_MAX || mode.some((word) => word === '' || word.length > MODE_CHARACTERS_MAX)) {
    throw invalidInput('The subcommand is too long.', [{ field: 'mode', message: 'Enter up to four short words.' }]);
  }
  const fields = parseFields(deployment.fields);
  const learned = { ...fields, fixedArguments: withMode(fields.fixedArguments, mode) };
  return tx.deployment.update({ where: { id: deployment.id }, data: { fields: storable(learned) } });
}

/** The newest release that was ever live, before the latest one. */
async function previousRelease(tx: Transaction, deployment: Deployment): Promise<Release | null> {
  const latest = await latestRelease(tx, deployment);
  return tx.release.findFirst({
    where: { deploymentId: deployment.id, liveAt: { not: null }, number: { lt: latest.number } },
    orderBy: { number: 'desc' },
  });
}
