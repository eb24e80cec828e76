import type { PrismaClient, Transaction } from '#prisma/client.ts';
import type { Prisma } from '#prisma/generated/client/client.ts';
import { isUuid } from '#server/domain/access/uuid.ts';
import { type Actor, requireWrite } from '#server/domain/actor.ts';
import { notFound } from '#server/domain/errors.ts';
import type { Events } from '#server/domain/events.ts';
import { reachable } from '#server/domain/reach.ts';
import { revokeGrants } from './grants.ts';

/** Connections of one user that still work, to deployments of others too that are shared with the user. */
export const liveConnections = (userId: string, now: Date): Prisma.OAuthConnectionWhereInput => ({
  userId,
  deployment: { ...reachable(userId, 'USE'), desired: { not: 'DELETED' } },
  client: { OR: [{ grant: null }, { grant: 'IDENTITY_ASSERTION' }] }, // others are listed as machine clients
  grants: { some: { revokedAt: null, expiresAt: { gt: now } } },
});

export interface ConnectionService {
  /** Ends everything that the client was given. Disconnecting twice is fine. */
  disconnect(actor: Actor, connectionId: string): Promise<void>;
}

export function createConnectionService(deps: {
  prisma: PrismaClient;
  transaction: <T>(work: (tx: Transaction) => Promise<T>) => Promise<T>;
  events: Pick<Events, 'publish'>;
  clock: () => Date;
}): ConnectionService {
  return {
    disconnect: async (actor, connectionId) => {
      requireWrite(actor);
      await deps.transaction(async (tx) => {
        const connection =
          isUuid(connectionId) &&
          (await tx.oAuthConnection.findFirst({ where: { id: connectionId, userId: actor.userId } }));
        if (!connection) throw notFound('The client');
        const { deploymentId, clientId, userId } = connection;
        // a code that it was given and has not redeemed yet would connect it again
        await tx.oAuthCode.deleteMany({ where: { deploymentId, clientId, userId, redeemedAt: null } });
        await revokeGrants(tx, deps.events, { connectionId }, { actor, reason: 'disconnected', now: deps.clock() });
      });
    },
  };
}
