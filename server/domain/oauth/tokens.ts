import { randomBytes } from 'node:crypto';
import type { Transaction } from '#prisma/client.ts';
import type { Events } from '#server/domain/events.ts';
import { holdShares } from '../reach.ts';
import { hashSecret } from '../secret-hash.ts';
import { ACCESS_TOKEN_LIFETIME_MS, type AccessTokens } from './access-token.ts';
import type { Client } from './client.ts';
import { OAuthError } from './errors.ts';
import { createGrant, type RevokeReason, revokeGrants } from './grants.ts';
import type { OAuthKeys } from './keys.ts';
import { type ResourceView, SCOPE } from './names.ts';
import { provesChallenge } from './pkce.ts';
import { mayConnect } from './protected-deployment.ts';

/** A client that was not used for so long asks its owner again. */
export const REFRESH_LIFETIME_MS = 90 * 24 * 60 * 60_000;
/**
 * A token that was already exchanged may come again so soon: the answer was lost, or two workers of one client refresh
 * at once. It then gives the same successor, so that a thief and the client never go separate ways: the second of them
 * to use the successor is noticed. After the grace, the sender obtained the token from elsewhere (RFC 9700, section
 * 4.14.2).
 */
export const REUSE_GRACE_MS = 2 * 60_000;
const REFRESH_PREFIX = 'cwr_';

/** RFC 6749, section 5.1. */
export type TokenAnswer = {
  access_token: string;
  token_type: 'Bearer';
  expires_in: number;
  refresh_token: string;
  scope: string;
};

export type CodeInput = { code: string; codeVerifier: string; redirectUri: string | null };

export interface TokenService {
  /** Exchanges an authorization code, once. `view`: the one whose token endpoint was asked. */
  redeem(deploymentId: string, client: Client, input: CodeInput, view?: ResourceView | null): Promise<TokenAnswer>;
  /** Exchanges a refresh token for the next one, for the same view or the whole server as before. */
  refresh(deploymentId: string, client: Client, refreshToken: string, view?: ResourceView | null): Promise<TokenAnswer>;
  /** Ends the grant that a token is of (RFC 7009); one that is unknown or another client's is no error, and nothing happens. */
  revoke(deploymentId: string, client: Client, token: string): Promise<void>;
}

export type TokenDeps = {
  transaction: <T>(work: (tx: Transaction) => Promise<T>) => Promise<T>;
  events: Pick<Events, 'publish'>;
  keys: OAuthKeys;
  accessTokens: AccessTokens;
  clock: () => Date;
};

type Issued = { grantId: string; connectionId: string; userId: string; refreshToken: string };
/** A refusal is an outcome of its transaction, not an error in it: what it revokes must stay revoked. */
type Outcome = Issued | { refused: string };

export function createTokenService({ transaction, events, keys, accessTokens, clock }: TokenDeps): TokenService {
  const keepRefreshToken = async (tx: Transaction, grantId: string, refreshToken: string, now: Date) => {
    const expiresAt = new Date(now.getTime() + REFRESH_LIFETIME_MS);
    const data = { hash: hashSecret(refreshToken), grantId, createdAt: now, expiresAt };
    await tx.oAuthRefreshToken.createMany({ data, skipDuplicates: true });
    await tx.oAuthGrant.update({ where: { id: grantId }, data: { expiresAt } });
    return refreshToken;
  };
  const issueFirst = (tx: Transaction, grantId: string, now: Date) =>
    keepRefreshToken(tx, grantId, REFRESH_PREFIX + randomBytes(32).toString('base64url'), now);
  /** Follows from the token before it, so that all instances give the same one. */
  const issueSuccessor = (tx: Transaction, grantId: string, refreshToken: string, now: Date) =>
    keepRefreshToken(tx, grantId, REFRESH_PREFIX + keys.derive('refresh-token', refreshToken), now);

  const answer = async (
    deploymentId: string,
    client: Client,
    outcome: Outcome,
    view: ResourceView | null,
  ): Promise<TokenAnswer> => {
    if ('refused' in outcome) throw new OAuthError('invalid_grant', outcome.refused);
    const { refreshToken, ...granted } = outcome;
    return {
      access_token: await accessTokens.issue(deploymentId, { ...granted, clientId: client.id, ...(view && { view }) }),
      token_type: 'Bearer',
      expires_in: ACCESS_TOKEN_LIFETIME_MS / 1_000,
      refresh_token: refreshToken,
      scope: SCOPE,
    };
  };

  /** A used token came again. Within the grace it is a client that repeats itself; after it, theft. */
  const isReuse = (usedAt: Date | null, now: Date): usedAt is Date =>
    usedAt !== null && now.getTime() - usedAt.getTime() > REUSE_GRACE_MS;

  const revokeFor = (tx: Transaction, id: string, reason: RevokeReason) =>
    revokeGrants(tx, events, { id }, { actor: 'system', reason, now: clock() });

  return {
    redeem: async (deploymentId, client, { code, codeVerifier, redirectUri }, view = null) => {
      const outcome = await transaction(async (tx): Promise<Outcome> => {
        const now = clock();
        const hash = hashSecret(code);
        const row = await tx.oAuthCode.findUnique({ where: { hash } });
        if (!row || row.deploymentId !== deploymentId || row.clientId !== client.id) {
          return { refused: 'The code is not one of this client, or has expired.' };
        }
        if (row.viewId !== (view?.id ?? null)) return { refused: 'The code is for another address of this server.' };
        // OAuth 2.1 no longer sends it; who does must send the same (RFC 6749, section 4.1.3)
        if (redirectUri !== null && redirectUri !== row.redirectUri)
          return { refused: 'The redirect_uri is not that of the code.' };
        if (!provesChallenge(codeVerifier, row.codeChallenge))
          return { refused: 'The code_verifier is not that of the code.' };
        if (row.redeemedAt !== null) {
          if (row.grantId !== null && isReuse(row.redeemedAt, now)) await revokeFor(tx, row.grantId, 'reused code');
          return { refused: 'The code was used before.' };
        }
        if (row.expiresAt <= now) return { refused: 'The code has expired.' };
        await holdShares(tx, deploymentId);
        if (!(await mayConnect(tx, deploymentId, row.userId)))
          return { refused: 'The person who let the client in may no longer use this server.' };
        // One statement decides who was first: of two that redeem at once, one gets tokens.
        const { count } = await tx.oAuthCode.updateMany({
          where: { hash, redeemedAt: null },
          data: { redeemedAt: now },
        });
        if (count === 0) return { refused: 'The code was used before.' };
        const { userId } = row;
        const expiresAt = new Date(now.getTime() + REFRESH_LIFETIME_MS);
        const { grantId, connectionId } = await createGrant(
          tx,
          { deploymentId, viewId: row.viewId, userId, client },
          { createdAt: now, expiresAt },
        );
        await tx.oAuthCode.update({ where: { hash }, data: { grantId } });
        return { grantId, connectionId, userId, refreshToken: await issueFirst(tx, grantId, now) };
      });
      return answer(deploymentId, client, outcome, view);
    },

    refresh: async (deploymentId, client, refreshToken, view = null) => {
      const outcome = await transaction(async (tx): Promise<Outcome> => {
        const now = clock();
        const hash = hashSecret(refreshToken);
        const row = await tx.oAuthRefreshToken.findUnique({
          where: { hash },
          include: { grant: { include: { connection: true } } },
        });
        const refused = { refused: 'The refresh token is not one of this client, was revoked, or has expired.' };
        if (!row) return refused;
        const { grant, usedAt } = row;
        const { connection } = grant;
        if (connection.deploymentId !== deploymentId || connection.clientId !== client.id) return refused;
        if (grant.viewId !== (view?.id ?? null)) return refused;
        if (grant.revokedAt !== null || row.expiresAt <= now) return refused;
        if (isReuse(usedAt, now)) {
          await revokeFor(tx, grant.id, 'reused refresh token');
          return { refused: 'The refresh token was used before. Its connection is ended; connect again.' };
        }
        await tx.oAuthRefreshToken.updateMany({ where: { hash, usedAt: null }, data: { usedAt: now } });
        await tx.oAuthConnection.update({ where: { id: connection.id }, data: { lastUsedAt: now } });
        await tx.oAuthClient.update({ where: { id: client.id }, data: { lastSeenAt: now } });
        const refreshed = await issueSuccessor(tx, grant.id, refreshToken, now);
        return { grantId: grant.id, connectionId: connection.id, userId: connection.userId, refreshToken: refreshed };
      });
      return answer(deploymentId, client, outcome, view);
    },

    revoke: async (deploymentId, client, token) => {
      const claims = await accessTokens.verify(deploymentId, token);
      await transaction(async (tx) => {
        const kept = claims ? null : await tx.oAuthRefreshToken.findUnique({ where: { hash: hashSecret(token) } });
        const grantId = claims?.grantId ?? kept?.grantId;
        if (grantId === undefined) return;
        const own = { id: grantId, connection: { deploymentId, clientId: client.id } };
        const found = await tx.oAuthGrant.findFirst({ where: own, select: { id: true } });
        if (found) await revokeFor(tx, found.id, 'client');
      });
    },
  };
}
