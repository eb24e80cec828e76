import { isDeepStrictEqual } from 'node:util';
import type { Transaction } from '#prisma/client.ts';
import type { Deployment } from '#prisma/generated/client/client.ts';
import type { Actor } from '#server/domain/actor.ts';
import { auditDeployment } from '#server/domain/audit/audit.ts';
import { UserError } from '#server/domain/errors.ts';
import { requireRole } from '#server/domain/reach.ts';
import { endLostRights, findLosers } from '#server/domain/sharing/end-rights.ts';
import type { NetworkWalls } from '../network-walls.ts';
import { changePersonalFields } from '../personal/change-fields.ts';
import { checkPersonal } from '../personal/check-personal.ts';
import { parseFields } from '../rows/fields.ts';
import { contentOf } from '../rows/releases.ts';
import { replaceSlug } from '../rows/slug.ts';
import { checkRegion, checkSize, checkSleep, type MachineLimits, nameFor } from './admission.ts';
import { checkEgress } from './check-egress.ts';
import { checkTags } from './check-tags.ts';
import type { UpdateDeploymentInput } from './inputs.ts';
import { type Intent, lockDeployment, writeIntent } from './intent.ts';
import type { IntentDeps } from './intent-deps.ts';
import { latestRelease, makeRelease, readForm, saveForm } from './make-release.ts';
import { withHiddenArguments } from './shown-arguments.ts';

/** Columns that a machine is created with: a change needs a new release. */
const RELEASE_COLUMNS: readonly string[] = [
  'isolation',
  'region',
  'memoryMb',
  'processor',
  'egress',
  'egressHosts',
  'personalFields',
];
/** What the endpoint keeps in memory. */
const ACCESS_COLUMNS: readonly string[] = ['access', 'personalFields', 'recordsBodies'];

/** Writes all changes in one transaction. Values equal to the present ones change nothing and add no release. */
export const createUpdateDeployment =
  (deps: IntentDeps) =>
  async (actor: Actor, input: UpdateDeploymentInput): Promise<void> => {
    // Before the transaction: it may ask Fly, and holds no row in the meantime.
    const limitsNetwork = input.egress != null || input.egressHosts != null;
    const walls = limitsNetwork ? await deps.networkWallsOf(await ownerOf(deps, actor, input.id)) : null;
    await deps.database.transaction(async (tx) => {
      const { id } = input;
      const deployment = await lockDeployment(tx, actor, id, 'OWN');
      const columns = changedColumns(deps, input, deployment, walls);
      const named = { ...deployment, name: input.name == null ? deployment.name : nameFor(input.name) };
      const slug = input.slug == null ? null : await replaceSlug(tx, named, input.slug, deps.now());
      if (slug !== null) columns.slug = slug;
      if ('access' in columns && input.confirm !== true) await requireNoLosers(tx, deployment, input.access);
      const personal = await changePersonal(deps, tx, actor, input, deployment);
      if (personal !== null) columns.personalFields = personal.personalFields;
      const credentialVersion = personal?.version ?? (await changeArguments(deps, tx, input, deployment));
      const changed = [...Object.keys(columns), ...(credentialVersion === null || personal ? [] : ['arguments'])];
      if (changed.length === 0) return;
      await auditDeployment(tx, actor, deployment, { type: 'deployment.updated', changed });
      if (ACCESS_COLUMNS.some((name) => name in columns)) await deps.events.publish(tx, 'access', id);
      if (credentialVersion === null && !changed.some((name) => RELEASE_COLUMNS.includes(name))) {
        await writeIntent(deps, tx, deployment, { message: 'Settings were changed.', columns });
        if ('access' in columns) await endLostRights(deps, tx, actor, id);
        return;
      }
      const latest = contentOf(await latestRelease(tx, deployment));
      const content = { ...latest, credentialVersion: credentialVersion ?? latest.credentialVersion };
      const updated = await tx.deployment.update({ where: { id }, data: columns });
      if ('access' in columns) await endLostRights(deps, tx, actor, id);
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
    ...(input.tags == null ? {} : { tags: checkTags(input.tags) }),
    ...(input.access == null ? {} : { access: input.access }),
    ...(input.isolation == null ? {} : { isolation: input.isolation }),
    ...(input.sleepAfterMinutes === undefined ? {} : { sleepAfterMinutes: checkSleep(input.sleepAfterMinutes) }),
    ...(input.answersWhileAsleep == null ? {} : { answersWhileAsleep: input.answersWhileAsleep }),
    ...(input.recordsBodies == null ? {} : { recordsBodies: input.recordsBodies }),
    ...(input.region == null ? {} : { region: checkRegion(limits, input.region) }),
    ...(isResized ? checkSize(limits, input, deployment) : {}),
    ...(walls === null ? {} : checkEgress(walls, input, deployment)),
  };
  const isChanged = ([name, value]: [string, unknown]) =>
    !isDeepStrictEqual(deployment[name as keyof Deployment], value); // its own names
  return Object.fromEntries(Object.entries(requested).filter(isChanged));
}

/** The walls are those of the owner's machines, whoever changes the setting. */
async function ownerOf({ database }: IntentDeps, actor: Actor, id: string): Promise<string> {
  await requireRole(database.prisma, actor, id, 'OWN');
  return (await database.prisma.deployment.findUniqueOrThrow({ where: { id }, select: { ownerId: true } })).ownerId;
}

/** Refuses an access with which other people lose their clients and values, until the change is confirmed. */
async function requireNoLosers(tx: Transaction, { id }: Deployment, access: UpdateDeploymentInput['access']) {
  const { users } = await findLosers(tx, id, access === 'OAUTH');
  if (users.length === 0) return;
  const people = users.length === 1 ? 'One other person' : `${users.length} other people`;
  throw new UserError('CONFIRMATION_REQUIRED', `${people} would lose their connected apps and their own keys.`, {
    kind: 'conflict',
    hint: 'Only OAuth knows people. Send the change again with confirm: true to go on.',
  });
}

/** Changes the personal fields and saves the form of the shared ones; null when nothing changes. */
async function changePersonal(
  deps: IntentDeps,
  tx: Transaction,
  actor: Actor,
  input: UpdateDeploymentInput,
  deployment: Deployment,
): Promise<{ personalFields: string[]; version: number } | null> {
  if (input.access === 'PUBLIC' && input.personalFields == null && deployment.personalFields.length > 0)
    checkPersonal(parseFields(deployment.fields), '', { personalFields: deployment.personalFields, access: 'PUBLIC' });
  if (input.personalFields == null) return null;
  const { runtime, credentialVersion } = await latestRelease(tx, deployment);
  const before = await readForm(deps, tx, deployment, credentialVersion);
  const form = {
    ...before,
    ...withHiddenArguments(parseFields(deployment.fields), before, {
      arguments: input.arguments ?? before.arguments,
      extraArguments: input.extraArguments ?? before.extraArguments,
    }),
  };
  const changed = await changePersonalFields(deps, tx, actor, input, deployment, { runtime, form });
  if (changed === null) return null;
  const { personalFields, values } = changed;
  return { personalFields, version: await saveForm(deps, tx, { ...deployment, personalFields }, values) };
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
