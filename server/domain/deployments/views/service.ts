import type { Transaction } from '#prisma/client.ts';
import type { Prisma } from '#prisma/generated/client/client.ts';
import { type Actor, requireWrite } from '#server/domain/actor.ts';
import { auditDeployment } from '#server/domain/audit/audit.ts';
import { hasNoHost } from '#server/domain/catalog.ts';
import { invalidInput, notFound, UserError } from '#server/domain/errors.ts';
import type { Events } from '#server/domain/events.ts';
import { lockWithRole, reachable, requireRole } from '#server/domain/reach.ts';
import { checkRules, VIEW_NAME } from './rules.ts';

const VIEWS_PER_DEPLOYMENT_MAX = 50;

export interface ViewService {
  /** Makes a view, or replaces the rules of the one with this name. Hosts that run follow without a restart. */
  save(actor: Actor, input: { deploymentId: string; name: string; rules: unknown }): Promise<{ id: string }>;
  /** Gives a view another name, and so another address. What is bound to the view stays bound to it. */
  rename(actor: Actor, input: { id: string; name: string }): Promise<{ deploymentId: string }>;
  /** Deletes a view with the tokens and connections that are bound to it; streams through it end. */
  delete(actor: Actor, id: string): Promise<{ deploymentId: string }>;
}

/** Named views of deployments. Another user's deployment and one that does not exist look the same. */
export function createViewService(deps: {
  transaction: <T>(work: (tx: Transaction) => Promise<T>) => Promise<T>;
  events: Pick<Events, 'publish'>;
  clock: () => Date;
}): ViewService {
  const { transaction, events, clock } = deps;

  const checkName = (name: string) => {
    if (VIEW_NAME.test(name)) return;
    const message = 'The name of a view has 1 to 40 lower-case letters, digits and hyphens.';
    throw invalidInput(message, [{ field: 'name', message }], 'It begins with a letter or a digit: “read-only”.');
  };

  const getOwned = async (tx: Transaction, actor: Actor, id: string) => {
    const view = await tx.view.findFirst({
      where: { id, deployment: reachable(actor.userId, 'OPERATE') },
      select: { name: true, deployment: { select: { id: true, ownerId: true } } },
    });
    if (!view) throw notFound('The view');
    await requireRole(tx, actor, view.deployment.id, 'OWN');
    return view;
  };

  return {
    save: async (actor, { deploymentId, name, rules: given }) => {
      requireWrite(actor);
      return transaction(async (tx) => {
        await lockWithRole(tx, actor, deploymentId, 'OWN');
        checkName(name);
        const rules = checkRules(given) as unknown as Prisma.InputJsonObject; // plain data
        const deployment = await tx.deployment.findUniqueOrThrow({
          where: { id: deploymentId },
          select: { id: true, ownerId: true, currentRelease: { select: { runtime: true } } },
        });
        if (hasNoHost(deployment.currentRelease?.runtime)) {
          throw new UserError(
            'CONFLICT',
            'A server that runs elsewhere, or a bundle, has no views: no host of Catwalk is before it.',
            {
              kind: 'conflict',
              hint: 'Deploy a package of the server to use views; a bundle takes views of its members.',
            },
          );
        }
        const known = await tx.view.findUnique({ where: { deploymentId_name: { deploymentId, name } } });
        if (known === null && (await tx.view.count({ where: { deploymentId } })) >= VIEWS_PER_DEPLOYMENT_MAX) {
          throw new UserError('LIMIT_REACHED', `A deployment has at most ${VIEWS_PER_DEPLOYMENT_MAX} views.`, {
            kind: 'limit',
            hint: 'Delete one that is no longer used.',
          });
        }
        const now = clock();
        const { id } = await tx.view.upsert({
          where: { deploymentId_name: { deploymentId, name } },
          create: { deploymentId, name, rules, createdAt: now, updatedAt: now },
          update: { rules, revision: { increment: 1 }, updatedAt: now },
          select: { id: true },
        });
        const entry = { type: known === null ? 'view.created' : 'view.updated', viewId: id, name } as const;
        await auditDeployment(tx, actor, deployment, entry);
        await events.publish(tx, 'access', deploymentId);
        return { id };
      });
    },

    rename: async (actor, { id, name }) => {
      requireWrite(actor);
      return transaction(async (tx) => {
        const { name: from, deployment } = await getOwned(tx, actor, id);
        const deploymentId = deployment.id;
        await lockWithRole(tx, actor, deploymentId, 'OWN');
        checkName(name);
        if (name === from) return { deploymentId };
        if (await tx.view.findUnique({ where: { deploymentId_name: { deploymentId, name } } })) {
          const message = `The deployment has another view “${name}”.`;
          throw invalidInput(message, [{ field: 'name', message }], 'Choose another name, or delete that view first.');
        }
        await tx.view.update({ where: { id }, data: { name } });
        const entry = { type: 'view.renamed', viewId: id, name, from } as const;
        await auditDeployment(tx, actor, deployment, entry);
        await events.publish(tx, 'access', deploymentId);
        return { deploymentId };
      });
    },

    delete: async (actor, id) => {
      requireWrite(actor);
      return transaction(async (tx) => {
        const { name, deployment } = await getOwned(tx, actor, id);
        const deploymentId = deployment.id;
        const members = await tx.bundleMember.findMany({ where: { viewId: id }, select: { bundleId: true } });
        await tx.view.delete({ where: { id } }); // and its places in bundles
        const entry = { type: 'view.deleted', viewId: id, name } as const;
        await auditDeployment(tx, actor, deployment, entry);
        for (const each of new Set([deploymentId, ...members.map(({ bundleId }) => bundleId)]))
          await events.publish(tx, 'access', each);
        return { deploymentId };
      });
    },
  };
}
