import { isDeepStrictEqual } from 'node:util';
import type { Transaction } from '#prisma/client.ts';
import type { Deployment } from '#prisma/generated/client/client.ts';
import type { Actor } from '#server/domain/actor.ts';
import { writeAudit } from '#server/domain/audit/audit.ts';
import type { NetworkWalls } from '../network-walls.ts';
import { parseFields } from '../rows/fields.ts';
import { contentOf } from '../rows/releases.ts';
import { checkRegion, checkSize, checkSleep, type MachineLimits, nameFor } from './admission.ts';
import { checkEgress } from './check-egress.ts';
import type { UpdateDeploymentInput } from './inputs.ts';
import { type Intent, lockDeployment, writeIntent } from './intent.ts';
import type { IntentDeps } from './intent-deps.ts';
import { latestRelease, makeRelease, readForm, saveForm } from './make-release.ts';
import { withHiddenArguments } from './shown-arguments.ts';

/** Columns that a machine is created with: a change needs a new release. */
const RELEASE_COLUMNS: readonly string[] = ['isolation', 'region', 'memoryMb', 'processor', 'egress', 'egressHosts'];

/** Writes all changes in one transaction. Values equal to the present ones change nothing and add no release. */
export const createUpdateDeployment =
  (deps: IntentDeps) =>
  async (actor: Actor, input: UpdateDeploymentInput): Promise<void> => {
    // Before the transaction: it may ask Fly, and holds no row in the meantime.
    const limitsNetwork = input.egress != null || input.egressHosts != null;
    const walls = limitsNetwork ? await deps.networkWallsOf(actor.userId) : null;
    await deps.database.transaction(async (tx) => {
      const { id } = input;
      const deployment = await lockDeployment(tx, actor, id);
      const columns = changedColumns(deps, input, deployment, walls);
      const credentialVersion = await changeArguments(deps, tx, input, deployment);
      const changed = [...Object.keys(columns), ...(credentialVersion === null ? [] : ['arguments'])];
      if (changed.length === 0) return;
      await writeAudit(tx, { actor, ownerId: actor.userId }, { type: 'deployment.updated', changed }, id);
      if (columns.access !== undefined) await deps.events.publish(tx, 'access', id);
      if (credentialVersion === null && !changed.some((name) => RELEASE_COLUMNS.includes(name))) {
        await writeIntent(deps, tx, deployment, { message: 'Settings were changed.', columns });
        return;
      }
      const latest = contentOf(await latestRelease(tx, deployment));
      const content = { ...latest, credentialVersion: credentialVersion ?? latest.credentialVersion };
      const updated = await tx.deployment.update({ where: { id }, data: columns });
      await makeRelease(deps, tx, actor, updated, content, 'settings');
    });
  };

function changedColumns(
  limits: MachineLimits,
  input: UpdateDeploymentInput,
  deployment: Deployment,
  walls: NetworkWalls | null,
): Intent['columns'] {
  const isResized = input.memoryMb != null || input.processor != null;
  const requested = {
    ...(input.name == null ? {} : { name: nameFor(input.name) }),
    ...(input.access == null ? {} : { access: input.access }),
    ...(input.isolation == null ? {} : { isolation: input.isolation }),
    ...(input.sleepAfterMinutes === undefined ? {} : { sleepAfterMinutes: checkSleep(input.sleepAfterMinutes) }),
    ...(input.answersWhileAsleep == null ? {} : { answersWhileAsleep: input.answersWhileAsleep }),
    ...(input.region == null ? {} : { region: checkRegion(limits, input.region) }),
    ...(isResized ? checkSize(limits, input, deployment) : {}),
    ...(walls === null ? {} : checkEgress(walls, input, deployment)),
  };
  const isChanged = ([name, value]: [string, unknown]) =>
    !isDeepStrictEqual(deployment[name as keyof Deployment], value); // its own names
  return Object.fromEntries(Object.entries(requested).filter(isChanged));
}

/** Saves changed arguments and returns their version of the credentials; null when nothing changes. */
async function changeArguments(
  deps: IntentDeps,
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
