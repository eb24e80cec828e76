import { type HeldRevision, PLATFORM_PRINCIPAL } from '#deploy/host/contract.ts';
import { VALUES_NONE } from '#deploy/host/header-contract.ts';
import type { PrismaClient } from '#prisma/client.ts';
import { readPrincipal } from '#server/domain/principal.ts';

/**
 * Those of the revisions that a host holds whose callers have lost them: the values were changed or removed, or the right
 * to call has ended. Read after the host was asked, so that a caller who came since is not among them.
 */
export async function findLost(
  prisma: PrismaClient,
  deployment: { id: string; ownerId: string },
  held: readonly HeldRevision[],
  now: Date,
): Promise<HeldRevision[]> {
  const deploymentId = deployment.id;
  const rows = await prisma.personalValues.findMany({
    where: { deploymentId },
    select: { id: true, userId: true, accessTokenId: true },
  });
  const ofUser = new Map(rows.flatMap(({ id, userId }) => (userId === null ? [] : [[userId, id] as const])));
  const ofToken = new Map(
    rows.flatMap(({ id, accessTokenId }) => (accessTokenId === null ? [] : [[accessTokenId, id] as const])),
  );
  const tokens = await prisma.accessToken.findMany({
    where: { deploymentId, revokedAt: null, OR: [{ expiresAt: null }, { expiresAt: { gt: now } }] },
    select: { id: true, kind: true, makerId: true },
  });
  const tokensById = new Map(tokens.map((token) => [token.id, token]));
  const connections = await prisma.oAuthConnection.findMany({
    where: {
      deploymentId,
      user: { lockedAt: null },
      grants: { some: { revokedAt: null, expiresAt: { gt: now } } },
    },
    select: { clientId: true, userId: true },
  });
  const connected = new Set(connections.map(({ clientId, userId }) => `${userId} ${clientId}`));

  const revisionOf = (principal: string): string | null => {
    if (principal === PLATFORM_PRINCIPAL) return ofUser.get(deployment.ownerId) ?? VALUES_NONE;
    const caller = readPrincipal(principal);
    if (caller?.kind === 'oauth')
      return connected.has(`${caller.userId} ${caller.clientId}`) ? (ofUser.get(caller.userId) ?? VALUES_NONE) : null;
    const token = caller === null ? undefined : tokensById.get(caller.tokenId);
    if (token === undefined) return null;
    // The dashboard's own token acts for the person who made it.
    const revision =
      token.kind === 'PLAYGROUND' ? ofUser.get(token.makerId ?? deployment.ownerId) : ofToken.get(token.id);
    return revision ?? VALUES_NONE;
  };
  return held.filter(({ principal, revision }) => revisionOf(principal) !== revision);
}
