import { randomBytes, randomUUID } from 'node:crypto';
import type { PrismaClient, Transaction } from '#prisma/client.ts';
import { Prisma } from '#prisma/generated/client/client.ts';
import type { MachineGrant } from '#prisma/generated/client/enums.ts';
import { type Actor, requireWrite } from '#server/domain/actor.ts';
import { auditDeployment } from '#server/domain/audit/audit.ts';
import { invalidInput, notFound, UserError } from '#server/domain/errors.ts';
import type { Events } from '#server/domain/events.ts';
import { viewIdOf } from '../access/view-id.ts';
import { reachable, requireRoleHeld } from '../reach.ts';
import { hashSecret } from '../secret-hash.ts';
import { originOf } from '../token-origin.ts';
import { presentableName } from './client.ts';
import { readPublicKeys } from './public-keys.ts';

const NAME_CHARACTERS_MAX = 80;
const CLIENTS_PER_DEPLOYMENT_MAX = 50;
const SECRET_PREFIX = 'cws_';

export type NewMachineClient = {
  deploymentId: string;
  name: string;
  grant: MachineGrant;
  /** PEM, a JWK or a JWK set: the client signs. Null: it receives a secret. */
  publicKey: string | null;
  expiresAt: Date | null;
  /** The name of the view that the client is bound to; null: the whole server, and each view. */
  view: string | null;
};

/** Clients that work without a person, made by the owner of a deployment for it alone. */
export interface MachineClientService {
  /** `secret` is returned here and never again; null for a client that signs. */
  create(actor: Actor, input: NewMachineClient): Promise<{ id: string; secret: string | null }>;
  /** Ends the client and all that it was given, on every instance, open streams included. Revoking twice is fine. */
  revoke(actor: Actor, id: string): Promise<void>;
}

export type MachineClientDeps = {
  prisma: PrismaClient;
  transaction: <T>(work: (tx: Transaction) => Promise<T>) => Promise<T>;
  events: Pick<Events, 'publish'>;
  clock: () => Date;
};

/** Machine clients that a person sees: those of the deployments that the person owns. */
export const machineClientsOf = (userId: string) =>
  ({
    source: 'MACHINE',
    deployment: { ...reachable(userId, 'OWN'), desired: { not: 'DELETED' } },
  }) as const satisfies Prisma.OAuthClientWhereInput;

export function createMachineClients({ transaction, events, clock }: MachineClientDeps): MachineClientService {
  const requireRoom = async (tx: Transaction, actor: Actor, deploymentId: string) => {
    await requireRoleHeld(tx, actor, deploymentId, 'OWN');
    const owned = await tx.deployment.findUniqueOrThrow({
      where: { id: deploymentId },
      select: { id: true, ownerId: true, access: true },
    });
    if (owned.access !== 'OAUTH') {
      throw new UserError('CONFLICT', 'The endpoint of this deployment does not use OAuth.', {
        hint: 'Choose OAuth as its access first, or create an access token.',
      });
    }
    if ((await tx.oAuthClient.count({ where: { deploymentId, revokedAt: null } })) < CLIENTS_PER_DEPLOYMENT_MAX)
      return owned;
    throw new UserError('LIMIT_REACHED', `A deployment has at most ${CLIENTS_PER_DEPLOYMENT_MAX} machine clients.`, {
      kind: 'limit',
      hint: 'Revoke one that is no longer used.',
    });
  };

  return {
    create: async (actor, { deploymentId, name, grant, publicKey, expiresAt: asked, view }) => {
      requireWrite(actor);
      const { apiTokenId, expiresAt } = originOf(actor, asked);
      const trimmed = name.trim();
      const createdAt = clock();
      const id = randomUUID();
      const shownName = presentableName(trimmed);
      return transaction(async (tx) => {
        const deployment = await requireRoom(tx, actor, deploymentId);
        if (trimmed === '' || trimmed.length > NAME_CHARACTERS_MAX) {
          const message = `A client's name has 1 to ${NAME_CHARACTERS_MAX} characters.`;
          throw invalidInput(message, [{ field: 'name', message }]);
        }
        if (expiresAt && expiresAt <= createdAt) {
          const message = 'The expiry must lie in the future.';
          throw invalidInput(message, [{ field: 'expiresAt', message }]);
        }
        const jwks = publicKey === null ? null : readPublicKeys(publicKey);
        const secret = jwks === null ? SECRET_PREFIX + randomBytes(32).toString('base64url') : null;
        await tx.oAuthClient.create({
          data: {
            id,
            source: 'MACHINE',
            name: shownName,
            authMethods: secret === null ? ['private_key_jwt'] : ['client_secret_basic', 'client_secret_post'],
            secretHash: secret === null ? null : hashSecret(secret),
            jwks: jwks === null ? Prisma.DbNull : (jwks as unknown as Prisma.InputJsonObject), // it came of JSON
            grant,
            deploymentId,
            viewId: view === null ? null : await viewIdOf(tx, deploymentId, view),
            apiTokenId,
            makerId: actor.userId,
            expiresAt,
            createdAt,
            lastSeenAt: createdAt,
          },
        });
        const entry = { type: 'machine-client.created', clientId: id, name: shownName, grant } as const;
        await auditDeployment(tx, actor, deployment, entry);
        return { id, secret };
      });
    },

    revoke: async (actor, id) => {
      requireWrite(actor);
      await transaction(async (tx) => {
        const client = await tx.oAuthClient.findFirst({
          where: { id, ...machineClientsOf(actor.userId) },
          select: { name: true, deployment: { select: { id: true, ownerId: true } } },
        });
        if (!client?.deployment) throw notFound('The client');
        const revokedAt = clock();
        // The row is locked first: a token that is being issued either comes before, or finds the client revoked.
        const { count } = await tx.oAuthClient.updateMany({ where: { id, revokedAt: null }, data: { revokedAt } });
        if (count === 0) return;
        await tx.oAuthGrant.updateMany({
          where: { connection: { clientId: id }, revokedAt: null },
          data: { revokedAt },
        });
        const entry = { type: 'machine-client.revoked', clientId: id, name: client.name } as const;
        await auditDeployment(tx, actor, client.deployment, entry);
        await events.publish(tx, 'access', client.deployment.id);
      });
    },
  };
}
