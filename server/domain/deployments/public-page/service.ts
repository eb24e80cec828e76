import type { Transaction } from '#prisma/client.ts';
import { type Actor, requireWrite } from '#server/domain/actor.ts';
import { auditDeployment } from '#server/domain/audit/audit.ts';
import { invalidInput } from '#server/domain/errors.ts';
import { lockWithRole } from '#server/domain/reach.ts';

const TEXT_CHARACTERS_MAX = 2_000;

export type PublicPageInput = {
  deploymentId: string;
  /** Plain text about the server; empty for none. */
  text: string;
  /** Name of the view that the page describes; null for the whole server. */
  view: string | null;
};

export interface PublicPageService {
  /** Switches the public page of a deployment on, or changes it. Throws INVALID_INPUT with the field, and NOT_FOUND. */
  publish(actor: Actor, input: PublicPageInput): Promise<void>;
  /** Switches it off: the address answers as one that never existed. */
  withdraw(actor: Actor, deploymentId: string): Promise<void>;
}

/** Pages about deployments for people without an account. A row exists while the page is on. */
export function createPublicPageService(deps: {
  transaction: <T>(work: (tx: Transaction) => Promise<T>) => Promise<T>;
  clock: () => Date;
}): PublicPageService {
  const { transaction, clock } = deps;
  const owned = async (tx: Transaction, actor: Actor, id: string) => {
    await lockWithRole(tx, actor, id, 'OWN');
    return tx.deployment.findUniqueOrThrow({
      where: { id },
      select: { id: true, ownerId: true, views: { select: { id: true, name: true } } },
    });
  };

  return {
    publish: async (actor, { deploymentId, text: given, view: wanted }) => {
      requireWrite(actor);
      const text = given.trim();
      await transaction(async (tx) => {
        const deployment = await owned(tx, actor, deploymentId);
        if (text.length > TEXT_CHARACTERS_MAX) {
          const message = `Up to ${TEXT_CHARACTERS_MAX} characters (currently ${text.length}).`;
          throw invalidInput(message, [{ field: 'text', message }]);
        }
        const view = wanted === null ? null : deployment.views.find(({ name }) => name === wanted);
        if (view === undefined) {
          const message = `The deployment has no view “${wanted}”.`;
          throw invalidInput(message, [{ field: 'view', message }]);
        }
        const data = { text, viewId: view?.id ?? null, updatedAt: clock() };
        await tx.publicPage.upsert({
          where: { deploymentId },
          create: { deploymentId, ...data },
          update: data,
        });
        await auditDeployment(tx, actor, deployment, { type: 'page.published', view: wanted });
      });
    },
    withdraw: async (actor, deploymentId) => {
      requireWrite(actor);
      await transaction(async (tx) => {
        const deployment = await owned(tx, actor, deploymentId);
        const { count } = await tx.publicPage.deleteMany({ where: { deploymentId } });
        if (count > 0) await auditDeployment(tx, actor, deployment, { type: 'page.withdrawn' });
      });
    },
  };
}
