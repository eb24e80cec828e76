import type { Transaction } from '#prisma/client.ts';
import { type Deployment, Prisma } from '#prisma/generated/client/client.ts';
import { recordDefinitionAlert } from '#server/domain/alerts/record-alert.ts';
import { writeAudit } from '#server/domain/audit/audit.ts';
import type { Events } from '#server/domain/events.ts';
import { storable } from '../../storable.ts';
import type { Snapshot } from '../rows/snapshot.ts';
import { recordEvent } from '../rows/transition.ts';
import { classifyChanges, type DefinitionChange } from './classify.ts';
import { type Definitions, definitionsOf, keyOf, parseDefinitions } from './definitions.ts';
import { forgetOffer } from './forget-offer.ts';

export type Observation = {
  /** Redacted, as every snapshot that is kept. */
  snapshot: Snapshot;
  /** The mark of the host's lists when the snapshot was read; null where the host has none. */
  listsMark: string | null;
};

const json = (value: Definitions) => storable(value) as unknown as Prisma.InputJsonObject; // plain JSON

/**
 * Compares what a server offers with what its owner agreed to, and writes the outcome: the first definitions are agreed
 * to, as are later ones under ALLOW; under NOTIFY and HOLD a difference is kept until a person approves it, in the
 * timeline, in the audit trail, and with an alert if it is more than a harmless one. The same observation again changes nothing.
 */
export async function observeDefinitions(
  tx: Transaction,
  events: Events,
  deployment: Pick<Deployment, 'id' | 'ownerId' | 'name' | 'status' | 'phase'>,
  { snapshot, listsMark }: Observation,
  now: Date,
): Promise<void> {
  const { id: deploymentId, ownerId } = deployment;
  await tx.definitionLock.createMany({ data: [{ deploymentId }], skipDuplicates: true });
  await tx.$queryRaw`SELECT 1 FROM "DefinitionLock" WHERE "deploymentId" = ${deploymentId}::uuid FOR UPDATE`;
  const row = await tx.definitionLock.findUniqueOrThrow({ where: { deploymentId } });
  const observed = storable(definitionsOf(snapshot));
  const agreed = parseDefinitions(row.agreed);
  const looked = { lookedAt: now, listsMark };
  const where = { deploymentId };
  const raised = row.version > 0 ? row.version + 1 : 0; // the row is locked
  if (agreed === null) {
    await tx.definitionLock.update({
      where,
      data: { ...looked, agreed: json(observed), agreedAt: now, version: raised },
    });
    if (row.version > 0) await events.publish(tx, 'deployment', deploymentId); // routes name the version
    return;
  }
  const key = keyOf(observed);
  const isAgreed = key === keyOf(agreed);
  if (isAgreed ? row.observedKey === null : key === row.observedKey) {
    await tx.definitionLock.update({ where, data: looked });
    return;
  }
  const changes = isAgreed ? [] : classifyChanges(agreed, observed);
  const held = changes.filter(({ isHeld }) => isHeld);
  const isTaken = row.policy === 'ALLOW' && !isAgreed;
  const isPending = !isAgreed && !isTaken;
  await tx.definitionLock.update({
    where,
    data: {
      ...looked,
      ...(isTaken ? { agreed: json(observed), agreedAt: now } : {}),
      observed: isPending ? json(observed) : Prisma.DbNull,
      observedAt: isPending ? now : null,
      observedKey: isPending ? key : null,
      changes: isPending ? changes.length : 0,
      held: isPending ? held.length : 0,
      version: raised,
    },
  });
  if (row.version > 0) await forgetOffer(tx, deploymentId);
  const isHolding = row.policy === 'HOLD' && held.length > 0;
  await recordEvent(
    tx,
    events,
    deployment,
    { status: deployment.status, phase: deployment.phase, message: messageOf(changes, isHolding) },
    now,
  );
  if (changes.length === 0) return;
  const entry = {
    type: 'definitions.changed',
    changes: changes.length,
    held: held.length,
    names: namesOf(held.length > 0 ? held : changes),
    policy: row.policy,
  } as const;
  await writeAudit(tx, { actor: 'system', ownerId }, entry, deploymentId);
  if (isPending && held.length > 0) await recordDefinitionAlert(tx, deployment, alertOf(changes, isHolding), now);
}

const NAMES_MAX = 20;

export const namesOf = (changes: readonly DefinitionChange[]): string[] =>
  changes.slice(0, NAMES_MAX).map(({ name }) => name);

const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`;

function messageOf(changes: readonly DefinitionChange[], isHolding: boolean): string {
  if (changes.length === 0) return 'The server offers again what was agreed to.';
  const held = changes.filter(({ isHeld }) => isHeld).length;
  const what = `The server changed ${count(changes.length, 'definition')}.`;
  if (held === 0) return what;
  return isHolding
    ? `${what} ${count(held, 'change')} held until you approve ${held === 1 ? 'it' : 'them'}.`
    : `${what} Review ${held === 1 ? 'one of them' : `${held} of them`}.`;
}

const alertOf = (changes: readonly DefinitionChange[], isHolding: boolean) => ({
  isHeld: isHolding,
  changes: changes
    .filter(({ isHeld }) => isHeld)
    .slice(0, NAMES_MAX)
    .map(({ capability, name, effects }) => ({ capability, name, effects })),
});
