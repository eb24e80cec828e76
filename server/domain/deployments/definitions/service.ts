import type { Database, Transaction } from '#prisma/client.ts';
import { type Deployment, type DefinitionLock as LockRow, Prisma } from '#prisma/generated/client/client.ts';
import type { DefinitionPolicy } from '#prisma/generated/client/enums.ts';
import type { Actor } from '#server/domain/actor.ts';
import { auditDeployment } from '#server/domain/audit/audit.ts';
import type { AuditEntry } from '#server/domain/audit/entries.ts';
import { hasNoHost } from '#server/domain/catalog.ts';
import { UserError } from '#server/domain/errors.ts';
import type { Events } from '#server/domain/events.ts';
import { lockWithRole } from '#server/domain/reach.ts';
import { recordEvent } from '../rows/transition.ts';
import { classifyChanges } from './classify.ts';
import { parseDefinitions } from './definitions.ts';
import { forgetOffer } from './forget-offer.ts';
import { namesOf } from './observe-definitions.ts';

export type DefinitionService = {
  /** Agrees to the definitions that were observed. `key` names them, so that no one approves what came later. */
  approve(actor: Actor, input: { deploymentId: string; key: string }): Promise<void>;
  setPolicy(actor: Actor, input: { deploymentId: string; policy: DefinitionPolicy }): Promise<void>;
};

type Deps = { database: Pick<Database, 'transaction'>; events: Events; now: () => Date };

const conflict = (message: string, hint: string) => new UserError('CONFLICT', message, { kind: 'conflict', hint });

type Owned = Deployment & { currentRelease: { runtime: string; snapshot: unknown } | null };

/** Locks the row of a deployment that the caller owns, and makes it where the first handshake has not. */
async function lockRow(
  tx: Transaction,
  actor: Actor,
  deploymentId: string,
): Promise<{ deployment: Owned; row: LockRow }> {
  await lockWithRole(tx, actor, deploymentId, 'OWN');
  const deployment = await tx.deployment.findUniqueOrThrow({
    where: { id: deploymentId },
    include: { currentRelease: { select: { runtime: true, snapshot: true } } },
  });
  await tx.definitionLock.createMany({ data: [{ deploymentId }], skipDuplicates: true });
  await tx.$queryRaw`SELECT 1 FROM "DefinitionLock" WHERE "deploymentId" = ${deploymentId}::uuid FOR UPDATE`;
  return { deployment, row: await tx.definitionLock.findUniqueOrThrow({ where: { deploymentId } }) };
}

/** What was observed becomes what was agreed to. */
const agreeing = (observed: Prisma.JsonValue, at: Date) => ({
  agreed: observed as Prisma.InputJsonObject, // as it was written
  agreedAt: at,
  observed: Prisma.DbNull,
  observedAt: null,
  observedKey: null,
  changes: 0,
  held: 0,
});

export function createDefinitionService({ database, events, now }: Deps): DefinitionService {
  const change = async (
    actor: Actor,
    deploymentId: string,
    decide: (
      row: LockRow,
      deployment: Owned,
    ) => {
      data: Prisma.DefinitionLockUncheckedUpdateInput;
      message: string;
      entry: AuditEntry;
    } | null,
  ): Promise<void> =>
    database.transaction(async (tx) => {
      const { deployment, row } = await lockRow(tx, actor, deploymentId);
      const decided = decide(row, deployment);
      if (decided === null) return;
      await tx.definitionLock.update({ where: { deploymentId }, data: decided.data });
      await forgetOffer(tx, deploymentId);
      const { status, phase } = deployment;
      await recordEvent(tx, events, deployment, { status, phase, message: decided.message }, now());
      await auditDeployment(tx, actor, deployment, decided.entry);
    });

  return {
    approve: (actor, { deploymentId, key }) =>
      change(actor, deploymentId, (row) => {
        const [agreed, observed] = [parseDefinitions(row.agreed), parseDefinitions(row.observed)];
        if (agreed === null || observed === null || row.observedKey === null || row.observed === null)
          throw conflict('No change waits for approval.', 'Load the changes again.');
        if (row.observedKey !== key)
          throw conflict('The server changed its definitions again.', 'Look at the changes again, and approve those.');
        const changes = classifyChanges(agreed, observed);
        return {
          data: {
            ...agreeing(row.observed, now()),
            ...(row.version > 0 ? { version: { increment: 1 } } : {}),
          },
          message: `${changes.length === 1 ? 'A changed definition was' : `${changes.length} changed definitions were`} approved.`,
          entry: { type: 'definitions.approved', changes: changes.length, names: namesOf(changes) },
        };
      }),

    setPolicy: (actor, { deploymentId, policy }) =>
      change(actor, deploymentId, (row, { currentRelease }) => {
        if (row.policy === policy) return null;
        if (policy === 'HOLD' && hasNoHost(currentRelease?.runtime))
          throw conflict(
            'Changes of a remote server or a bundle cannot be held: Catwalk passes their answers on as they are.',
            'Choose to be notified of changes.',
          );
        // A deployment of an older version: what its release offered when it went live is what was agreed to.
        const first = row.agreed === null ? parseDefinitions(currentRelease?.snapshot) : null;
        return {
          data: {
            policy,
            ...(first === null ? {} : { agreed: first as unknown as Prisma.InputJsonObject, agreedAt: now() }), // plain JSON
            ...(policy === 'ALLOW' && row.observed !== null ? agreeing(row.observed, now()) : {}),
            ...(row.version > 0 || policy === 'HOLD' ? { version: { increment: 1 } } : {}),
          },
          message: MESSAGES[policy],
          entry: { type: 'definitions.policy', from: row.policy, to: policy },
        };
      }),
  };
}

const MESSAGES: Readonly<Record<DefinitionPolicy, string>> = {
  NOTIFY: 'Changed definitions reach clients, and you are notified.',
  HOLD: 'Changed definitions are held until you approve them.',
  ALLOW: 'Changed definitions are allowed.',
};
