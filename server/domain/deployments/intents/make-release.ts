import type { Transaction } from '#prisma/client.ts';
import { type Deployment, Prisma, type Release } from '#prisma/generated/client/client.ts';
import type { Actor } from '#server/domain/actor.ts';
import { auditDeployment } from '#server/domain/audit/audit.ts';
import { openCredentialSet, saveCredentialSet } from '#server/domain/credentials/credential-set.ts';
import { buildPayload, type FormValues, valuesOf } from '../form/payload.ts';
import { parseFields } from '../rows/fields.ts';
import { addRelease, type ReleaseContent, type ReleaseReason } from '../rows/releases.ts';
import { canServe, isServingWithFailure } from '../status.ts';
import { type Intent, writeIntent } from './intent.ts';
import type { IntentDeps } from './intent-deps.ts';
import { shownArguments } from './shown-arguments.ts';

/** The release that the next one starts from: the one on its way, or that failed last, else the one that serves. */
export const latestRelease = (tx: Transaction, deployment: Deployment): Promise<Release> =>
  tx.release.findUniqueOrThrow({ where: { id: deployment.targetReleaseId ?? deployment.currentReleaseId ?? '' } });

/** Adds a release to a locked deployment and requests its rollout; the status stays while another release serves. */
export async function makeRelease(
  deps: IntentDeps,
  tx: Transaction,
  actor: Actor,
  deployment: Deployment,
  content: ReleaseContent,
  reason: ReleaseReason,
): Promise<void> {
  const added = await addRelease(tx, deps.envelopes, deployment, content, reason);
  const columns: Intent['columns'] = {
    targetReleaseId: added.id,
    wakeAskedAt: null,
    desired: 'RUNNING',
    status: canServe(deployment) ? deployment.status : 'DEPLOYING',
    phase: 'QUEUED',
    phaseSince: deps.now(),
    // The failure of an earlier release no longer matters; the failure of the one that serves does.
    ...(isServingWithFailure(deployment) ? {} : { failure: Prisma.DbNull }),
  };
  const message = `Release ${added.number}: ${content.package} ${content.version}.`;
  await writeIntent(deps, tx, deployment, { message, releaseId: added.id, columns });
  await auditDeployment(tx, actor, deployment, {
    type: 'deployment.redeployed',
    release: added.number,
    reason,
    package: content.package,
    version: content.version,
  });
}

/** Reads the form values of a version of the credentials. Opens the credentials: only for a change of the form. */
export async function readForm(
  deps: Pick<IntentDeps, 'envelopes'>,
  tx: Transaction,
  deployment: Pick<Deployment, 'id'>,
  version: number,
): Promise<FormValues> {
  const row = await tx.credentialSet.findUniqueOrThrow({
    where: { deploymentId_version: { deploymentId: deployment.id, version } },
  });
  return valuesOf(await openCredentialSet(deps.envelopes, row));
}

/** Validates a form and keeps it as the next version of the credentials; returns the number of that version. */
export async function saveForm(
  deps: Pick<IntentDeps, 'envelopes'>,
  tx: Transaction,
  deployment: Deployment,
  values: FormValues,
): Promise<number> {
  const fields = parseFields(deployment.fields);
  const payload = buildPayload(fields, values, deployment.personalFields);
  const shown = shownArguments(fields, payload);
  const newest = await tx.credentialSet.aggregate({
    where: { deploymentId: deployment.id },
    _max: { version: true },
  });
  const version = (newest._max.version ?? 0) + 1;
  await saveCredentialSet(tx, deps.envelopes, { deploymentId: deployment.id, version, payload, shown });
  return version;
}
