import { isDeepStrictEqual } from 'node:util';
import type { Transaction } from '#prisma/client.ts';
import type { Deployment } from '#prisma/generated/client/client.ts';
import { writeAudit } from '#server/domain/audit/audit.ts';
import type { UpdateDeploymentInput } from '../rows/deployment-data.ts';
import { contentOf } from '../rows/releases.ts';
import type { DeploymentService } from '../service.ts';
import { checkPlace, checkSleep, nameFor, type PlaceLimits } from './admission.ts';
import { parseFields } from './fields.ts';
import { type Intent, lockDeployment, writeIntent } from './intent.ts';
import { latestRelease, makeRelease, readForm, saveForm } from './make-release.ts';
import type { DeploymentServiceDeps } from './service-deps.ts';
import { withHiddenArguments } from './shown-arguments.ts';

/** Columns that a machine runs with: changing one takes a new release. */
const OF_RELEASE: readonly string[] = ['isolation', 'region', 'memoryMb'];

/** One transaction for all that is changed. What is given as it was changes nothing, and makes no release. */
export const createUpdateDeployment =
  (deps: DeploymentServiceDeps): DeploymentService['updateDeployment'] =>
  (actor, input) =>
    deps.database.transaction(async (tx) => {
      const { id } = input;
      const deployment = await lockDeployment(tx, actor, id);
      const columns = changedColumns(deps, input, deployment);
      const credentialVersion = await changeArguments(deps, tx, input, deployment);
      const changed = [...Object.keys(columns), ...(credentialVersion === null ? [] : ['arguments'])];
      if (changed.length === 0) return;
      await writeAudit(tx, { actor, ownerId: actor.userId }, { type: 'deployment.updated', changed }, id);
      if (columns.access !== undefined) await deps.events.publish(tx, 'access', id);
      if (credentialVersion === null && !changed.some((name) => OF_RELEASE.includes(name))) {
        await writeIntent(deps, tx, deployment, { message: 'Settings were changed.', columns });
        return;
      }
      const latest = contentOf(await latestRelease(tx, deployment));
      const content = { ...latest, credentialVersion: credentialVersion ?? latest.credentialVersion };
      const updated = await tx.deployment.update({ where: { id }, data: columns });
      await makeRelease(deps, tx, actor, updated, content, 'settings');
    });

function changedColumns(limits: PlaceLimits, input: UpdateDeploymentInput, now: Deployment): Intent['columns'] {
  const place = checkPlace(limits, input);
  const wanted = {
    ...(input.name == null ? {} : { name: nameFor(input.name) }),
    ...(input.access == null ? {} : { access: input.access }),
    ...(input.isolation == null ? {} : { isolation: input.isolation }),
    ...(input.sleepAfterMinutes === undefined ? {} : { sleepAfterMinutes: checkSleep(input.sleepAfterMinutes) }),
    ...(input.region == null ? {} : { region: place.region }),
    ...(input.memoryMb == null ? {} : { memoryMb: place.memoryMb }),
  };
  return Object.fromEntries(Object.entries(wanted).filter(([name, value]) => now[name as keyof Deployment] !== value));
}

/** The version of the credentials that holds the arguments given; null when they are as they were. */
async function changeArguments(
  deps: DeploymentServiceDeps,
  tx: Transaction,
  input: UpdateDeploymentInput,
  deployment: Deployment,
): Promise<number | null> {
  if (input.arguments == null && input.extraArguments == null) return null;
  const { credentialVersion } = await latestRelease(tx, deployment);
  const before = await readForm(deps, tx, deployment, credentialVersion);
  const after = withHiddenArguments(parseFields(deployment.fields), before, {
    arguments: input.arguments ?? before.arguments,
    extraArguments: input.extraArguments ?? before.extraArguments,
  });
  return isDeepStrictEqual(before, after) ? null : saveForm(deps, tx, deployment, after);
}
