import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { PrismaClient, Transaction } from '#prisma/client.ts';
import type { ApiTokenScope } from '#prisma/generated/client/enums.ts';
import type { Actor } from '#server/domain/actor.ts';
import { writeAudit } from '#server/domain/audit/audit.ts';
import { invalidInput, notFound, UserError } from '#server/domain/errors.ts';
import type { Events } from '#server/domain/events.ts';
import { hashSecret } from '../secret-hash.ts';

export const API_TOKEN_PREFIX = 'cw_';
const SECRET_BYTES = 32;
const SHOWN_CHARACTERS = API_TOKEN_PREFIX.length + 6;
const NAME_CHARACTERS_MAX = 100;
const TOKENS_PER_USER_MAX = 50;
/** `lastUsedAt` is for people: it need not cost a write at every request. */
const LAST_USED_STEP_MS = 60_000;

export interface ApiTokenService {
  /**
   * A token for scripts and the CLI; it is returned here and never again. A token made with another token ends no later
   * than that one.
   */
  create(
    actor: Actor,
    input: { name: string; scope: ApiTokenScope; expiresAt: Date | null },
  ): Promise<{ id: string; token: string }>;
  /** It stops working at once, and so does all that was made with it. Revoking twice is fine. */
  revoke(actor: Actor, id: string): Promise<void>;
  /** Returns the owner of this token; null when it is unknown, expired or revoked, or its owner is locked. */
  authenticate(token: string, ip: string | null): Promise<Actor | null>;
}

type Deps = {
  prisma: PrismaClient;
  transaction: <T>(work: (tx: Transaction) => Promise<T>) => Promise<T>;
  events: Pick<Events, 'publish'>;
  clock: () => Date;
};

export function createApiTokenService({ prisma, transaction, events, clock }: Deps): ApiTokenService {
  /** Ends the tokens, and all that was made with them: API tokens, tokens and clients of endpoints, open streams. */
  const revokeFamily = async (tx: Transaction, ids: string[]): Promise<void> => {
    const revokedAt = clock();
    const ended = await tx.accessToken.updateManyAndReturn({
      where: { apiTokenId: { in: ids }, revokedAt: null },
      data: { revokedAt },
      select: { deploymentId: true },
    });
    const clients = await tx.oAuthClient.updateManyAndReturn({
      where: { apiTokenId: { in: ids }, revokedAt: null },
      data: { revokedAt },
      select: { id: true, deploymentId: true },
    });
    await tx.oAuthGrant.updateMany({
      where: { connection: { clientId: { in: clients.map(({ id }) => id) } }, revokedAt: null },
      data: { revokedAt },
    });
    const deploymentIds = new Set([...ended, ...clients].flatMap(({ deploymentId }) => deploymentId ?? []));
    for (const deploymentId of deploymentIds) await events.publish(tx, 'access', deploymentId);
    await tx.apiToken.updateMany({ where: { id: { in: ids }, revokedAt: null }, data: { revokedAt } });
    const made = await tx.apiToken.findMany({ where: { madeWithId: { in: ids } }, select: { id: true } });
    if (made.length > 0)
      await revokeFamily(
        tx,
        made.map(({ id }) => id),
      );
  };

  return {
    create: async (actor, { name, scope, expiresAt: asked }) => {
      const limit = actor.credentialExpiresAt ?? null;
      const expiresAt = actor.via === 'api-token' ? earlier(asked, limit) : asked;
      const trimmed = name.trim();
      if (trimmed === '' || trimmed.length > NAME_CHARACTERS_MAX) {
        const message = `A token's name has 1 to ${NAME_CHARACTERS_MAX} characters.`;
        throw invalidInput(message, [{ field: 'name', message }]);
      }
      if (expiresAt && expiresAt <= clock()) {
        const message = 'The expiry must lie in the future.';
        throw invalidInput(message, [{ field: 'expiresAt', message }]);
      }
      const token = API_TOKEN_PREFIX + randomBytes(SECRET_BYTES).toString('base64url');
      return transaction(async (tx) => {
        const live = await tx.apiToken.count({ where: { userId: actor.userId, revokedAt: null } });
        if (live >= TOKENS_PER_USER_MAX) {
          throw new UserError('LIMIT_REACHED', `You have ${TOKENS_PER_USER_MAX} API tokens, which is the most.`, {
            kind: 'limit',
            hint: 'Revoke one that is no longer used.',
          });
        }
        const { id } = await tx.apiToken.create({
          data: {
            userId: actor.userId,
            name: trimmed,
            hash: hashSecret(token),
            prefix: token.slice(0, SHOWN_CHARACTERS),
            scope,
            expiresAt,
            createdAt: clock(),
            madeWithId: actor.via === 'api-token' ? (actor.credentialId ?? null) : null,
          },
          select: { id: true },
        });
        const entry = { type: 'api-token.created', tokenId: id, name: trimmed } as const;
        await writeAudit(tx, { actor, ownerId: actor.userId }, entry);
        return { id, token };
      });
    },

    revoke: (actor, id) =>
      transaction(async (tx) => {
        const token = await tx.apiToken.findFirst({ where: { id, userId: actor.userId } });
        if (!token) throw notFound('The token');
        if (token.revokedAt) return;
        await revokeFamily(tx, [id]);
        const entry = { type: 'api-token.revoked', tokenId: id, name: token.name } as const;
        await writeAudit(tx, { actor, ownerId: actor.userId }, entry);
        await events.publish(tx, 'session', actor.userId);
      }),

    authenticate: async (token, ip) => {
      if (!token.startsWith(API_TOKEN_PREFIX)) return null;
      const presented = hashSecret(token);
      const row = await prisma.apiToken.findUnique({ where: { hash: presented }, include: { user: true } });
      const now = clock();
      if (!row || !timingSafeEqual(row.hash, presented) || row.revokedAt || row.user.lockedAt) return null;
      if (row.expiresAt && row.expiresAt <= now) return null;
      if (!row.lastUsedAt || now.getTime() - row.lastUsedAt.getTime() > LAST_USED_STEP_MS) {
        await prisma.apiToken.updateMany({ where: { id: row.id }, data: { lastUsedAt: now } });
      }
      const { userId, scope, id: credentialId, expiresAt: credentialExpiresAt } = row;
      return { userId, role: row.user.role, scope, via: 'api-token', ip, credentialId, credentialExpiresAt };
    },
  };
}

const earlier = (one: Date | null, other: Date | null): Date | null =>
  one === null || (other !== null && other < one) ? other : one;
