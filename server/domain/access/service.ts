import type { PrismaClient, Transaction } from '#prisma/client.ts';
import { type Actor, requireWrite } from '#server/domain/actor.ts';
import type { AuditEntry } from '#server/domain/audit/entries.ts';
import { invalidInput, notFound, UserError } from '#server/domain/errors.ts';
import type { Events } from '#server/domain/events.ts';
import { reachable, requireRole, requireRoleHeld } from '#server/domain/reach.ts';
import { originOf } from '../token-origin.ts';
import { newAccessToken } from './token.ts';
import { isUuid } from './uuid.ts';
import { viewIdOf } from './view-id.ts';

const NAME_CHARACTERS_MAX = 100;
const TOKENS_PER_DEPLOYMENT_MAX = 50;
const PLAYGROUND_TOKENS_MAX = 20;
const PLAYGROUND_LIFETIME_MS = 10 * 60_000;

type WriteAudit = (
  tx: Transaction,
  actor: Actor,
  deployment: { id: string; ownerId: string },
  entry: AuditEntry,
) => Promise<void>;

type SaveValues = (
  tx: Transaction,
  token: { id: string; deploymentId: string },
  values: readonly { name: string; value: string }[],
  now: Date,
) => Promise<void>;

export type AccessTokenDeps = {
  prisma: PrismaClient;
  transaction: <T>(work: (tx: Transaction) => Promise<T>) => Promise<T>;
  events: Pick<Events, 'publish'>;
  clock: () => Date;
  audit?: WriteAudit;
  /** Keeps the values that a token carries; throws a UserError for values that are wrong, or missing. */
  saveValues?: SaveValues;
};

export interface AccessTokenService {
  /** A named bearer token for one endpoint. `token` is returned here and never again. */
  create(
    actor: Actor,
    input: {
      deploymentId: string;
      name: string;
      expiresAt?: Date | null;
      /** Name of the view that its calls see. */
      view?: string | null;
      /** Values for personal fields, with which calls of this token are made. */
      values?: readonly { name: string; value: string }[];
    },
  ): Promise<{ id: string; token: string }>;
  /** It stops working on every instance, streams that are open included. Revoking twice is fine. */
  revoke(actor: Actor, id: string): Promise<{ deploymentId: string }>;
  /** For the dashboard's playground: ten minutes, and no longer than the session it is made in; not listed. */
  createPlayground(actor: Actor, deploymentId: string): Promise<{ token: string; expiresAt: Date }>;
}

/** Bearer tokens of endpoints. Another user's deployment and one that does not exist look the same. */
export function createAccessTokenService(deps: AccessTokenDeps): AccessTokenService {
  const { transaction, events, clock } = deps;

  return {
    create: async (actor, { deploymentId, name, expiresAt: asked = null, values = [], view = null }) => {
      requireWrite(actor);
      const { apiTokenId, expiresAt } = originOf(actor, asked);
      const trimmed = name.trim();
      const fresh = newAccessToken();
      return transaction(async (tx) => {
        await requireRoleHeld(tx, actor, deploymentId, 'OWN');
        if (trimmed === '' || trimmed.length > NAME_CHARACTERS_MAX) {
          const message = `A token's name has 1 to ${NAME_CHARACTERS_MAX} characters.`;
          throw invalidInput(message, [{ field: 'name', message }]);
        }
        if (expiresAt && expiresAt <= clock()) {
          const message = 'The expiry must lie in the future.';
          throw invalidInput(message, [{ field: 'expiresAt', message }]);
        }
        const live = await tx.accessToken.count({ where: { deploymentId, kind: 'USER', revokedAt: null } });
        if (live >= TOKENS_PER_DEPLOYMENT_MAX) {
          throw new UserError('LIMIT_REACHED', `A deployment has at most ${TOKENS_PER_DEPLOYMENT_MAX} tokens.`, {
            kind: 'limit',
            hint: 'Revoke one that is no longer used.',
          });
        }
        const { id, deployment } = await tx.accessToken.create({
          data: {
            deploymentId,
            viewId: view === null ? null : await viewIdOf(tx, deploymentId, view),
            name: trimmed,
            hash: fresh.hash,
            prefix: fresh.prefix,
            apiTokenId,
            makerId: actor.userId,
            expiresAt,
            createdAt: clock(),
          },
          select: { id: true, deployment: { select: { id: true, ownerId: true } } },
        });
        await deps.saveValues?.(tx, { id, deploymentId }, values, clock());
        const entry = { type: 'access-token.created', tokenId: id, name: trimmed } as const;
        await deps.audit?.(tx, actor, deployment, entry);
        await events.publish(tx, 'access', deploymentId);
        return { id, token: fresh.token };
      });
    },

    revoke: async (actor, id) => {
      requireWrite(actor);
      return transaction(async (tx) => {
        const token =
          isUuid(id) &&
          (await tx.accessToken.findFirst({
            where: { id, deployment: reachable(actor.userId, 'OPERATE') },
            select: { name: true, revokedAt: true, deployment: { select: { id: true, ownerId: true } } },
          }));
        if (!token) throw notFound('The token');
        const { id: deploymentId } = token.deployment;
        await requireRole(tx, actor, deploymentId, 'OWN');
        if (token.revokedAt) return { deploymentId };
        await tx.accessToken.update({ where: { id }, data: { revokedAt: clock() } });
        await tx.personalValues.deleteMany({ where: { accessTokenId: id } });
        const entry = { type: 'access-token.revoked', tokenId: id, name: token.name } as const;
        await deps.audit?.(tx, actor, token.deployment, entry);
        await events.publish(tx, 'access', deploymentId);
        return { deploymentId };
      });
    },

    createPlayground: async (actor, deploymentId) => {
      requireWrite(actor);
      const fresh = newAccessToken();
      const createdAt = clock();
      const lifetimeEnd = new Date(createdAt.getTime() + PLAYGROUND_LIFETIME_MS);
      const { apiTokenId, expiresAt } = originOf(actor, lifetimeEnd);
      await transaction(async (tx) => {
        await requireRoleHeld(tx, actor, deploymentId, 'OPERATE');
        const where = { deploymentId, kind: 'PLAYGROUND' } as const;
        await tx.accessToken.deleteMany({ where: { ...where, expiresAt: { lte: createdAt } } });
        const kept = await tx.accessToken.findMany({
          where,
          orderBy: { createdAt: 'desc' },
          skip: PLAYGROUND_TOKENS_MAX - 1,
          select: { id: true },
        });
        await tx.accessToken.deleteMany({ where: { id: { in: kept.map((row) => row.id) } } });
        await tx.accessToken.create({
          data: {
            ...where,
            name: 'Playground',
            hash: fresh.hash,
            prefix: fresh.prefix,
            expiresAt,
            createdAt,
            apiTokenId,
            makerId: actor.userId,
            sessionId: actor.via === 'session' ? (actor.credentialId ?? null) : null,
          },
        });
        await events.publish(tx, 'access', deploymentId);
      });
      return { token: fresh.token, expiresAt };
    },
  };
}
