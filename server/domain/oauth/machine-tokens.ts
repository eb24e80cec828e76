import type { PrismaClient, Transaction } from '#prisma/client.ts';
import { holdShares } from '../reach.ts';
import { ACCESS_TOKEN_LIFETIME_MS, type AccessTokens } from './access-token.ts';
import { AssertionError } from './assertion.ts';
import type { Client, MachineTerms } from './client.ts';
import { OAuthError } from './errors.ts';
import { createGrant } from './grants.ts';
import { verifyIdentityAssertion } from './identity-assertion.ts';
import { SCOPE } from './names.ts';
import { mayConnect, type ProtectedDeployment } from './protected-deployment.ts';
import type { RemoteKeys } from './remote-keys.ts';
import { rememberUse } from './single-use.ts';
import type { TokenAnswer } from './tokens.ts';
import type { TrustedIssuers } from './trusted-issuers.ts';

export type MachineTokenAnswer = Omit<TokenAnswer, 'refresh_token'>;

/** Tokens for machine clients. There is no refresh token: the client proves itself again when one has expired. */
export interface MachineTokenService {
  /** RFC 6749, section 4.4: the client acts for the owner of its deployment. */
  forClient(deployment: ProtectedDeployment, client: Client): Promise<MachineTokenAnswer>;
  /** RFC 7523, section 2.1: the client acts for the user whom a trusted issuer names. */
  forAssertion(deployment: ProtectedDeployment, client: Client, jwt: string): Promise<MachineTokenAnswer>;
}

export type MachineTokenDeps = {
  prisma: PrismaClient;
  transaction: <T>(work: (tx: Transaction) => Promise<T>) => Promise<T>;
  publicUrl: string;
  accessTokens: AccessTokens;
  keysAt: RemoteKeys;
  issuers: Pick<TrustedIssuers, 'find'>;
  clock: () => Date;
};

export function createMachineTokens(deps: MachineTokenDeps): MachineTokenService {
  const { transaction, accessTokens, clock } = deps;

  /** A client that ends within the hour receives a token that ends with it. */
  const lifetimeOf = ({ expiresAt }: MachineTerms, now: Date): number =>
    Math.min(ACCESS_TOKEN_LIFETIME_MS, (expiresAt?.getTime() ?? Number.POSITIVE_INFINITY) - now.getTime());

  /** The grant that a client's tokens of one user belong to: the present one, so that hourly requests add no rows. */
  const ensureGrant = async (
    tx: Transaction,
    { id: deploymentId, view }: ProtectedDeployment,
    userId: string,
    client: Client,
    now: Date,
  ) => {
    const viewId = view?.id ?? null;
    // Locks the row: a client that was revoked since it proved itself receives nothing.
    const { count } = await tx.oAuthClient.updateMany({
      where: { id: client.id, revokedAt: null },
      data: { lastSeenAt: now },
    });
    if (count === 0) throw new OAuthError('invalid_client', 'The client was revoked.');
    const expiresAt = new Date(now.getTime() + ACCESS_TOKEN_LIFETIME_MS);
    const connection = { deploymentId, userId, clientId: client.id };
    const live = await tx.oAuthGrant.findFirst({
      where: { connection, viewId, revokedAt: null, expiresAt: { gt: now } },
      select: { id: true, connectionId: true },
    });
    if (live === null) return createGrant(tx, { deploymentId, viewId, userId, client }, { createdAt: now, expiresAt });
    await tx.oAuthGrant.update({ where: { id: live.id }, data: { expiresAt } });
    await tx.oAuthConnection.update({ where: { id: live.connectionId }, data: { lastUsedAt: now } });
    return { grantId: live.id, connectionId: live.connectionId };
  };

  const issue = async (
    { id: deploymentId, view }: ProtectedDeployment,
    client: Client,
    lifetimeMs: number,
    granted: { grantId: string; connectionId: string; userId: string },
  ): Promise<MachineTokenAnswer> => ({
    access_token: await accessTokens.issue(
      deploymentId,
      { ...granted, clientId: client.id, ...(view && { view }) },
      lifetimeMs,
    ),
    token_type: 'Bearer',
    expires_in: Math.floor(lifetimeMs / 1_000),
    scope: SCOPE,
  });

  return {
    forClient: async (deployment, client) => {
      const terms = requireGrant(deployment, client, 'CLIENT_CREDENTIALS');
      const now = clock();
      const { ownerId: userId } = deployment;
      const granted = await transaction((tx) => ensureGrant(tx, deployment, userId, client, now));
      return issue(deployment, client, lifetimeOf(terms, now), { ...granted, userId });
    },

    forAssertion: async (deployment, client, jwt) => {
      const terms = requireGrant(deployment, client, 'IDENTITY_ASSERTION');
      const now = clock();
      const { publicUrl, keysAt, issuers } = deps;
      try {
        const assertion = await verifyIdentityAssertion(
          { publicUrl, keysAt, findIssuer: issuers.find, now },
          { jwt, deployment, clientId: client.id },
        );
        const granted = await transaction(async (tx) => {
          const userId = await userOf(tx, deployment, assertion);
          if (!(await rememberUse(tx, assertion.issuer, assertion))) {
            throw new AssertionError('The assertion was used before.');
          }
          return { ...(await ensureGrant(tx, deployment, userId, client, now)), userId };
        });
        return await issue(deployment, client, lifetimeOf(terms, now), granted);
      } catch (error) {
        if (!(error instanceof AssertionError)) throw error;
        throw new OAuthError(error.isRefused ? 'invalid_grant' : 'temporarily_unavailable', error.message);
      }
    },
  };
}

/** The terms of a machine client that may use this grant here. @throws OAuthError */
function requireGrant(deployment: ProtectedDeployment, client: Client, grant: MachineTerms['grant']): MachineTerms {
  const { machine } = client;
  if (machine && machine.deploymentId !== deployment.id) {
    throw new OAuthError('invalid_client', 'This client was made for another server.');
  }
  if (machine && machine.viewId !== null && machine.viewId !== deployment.view?.id) {
    throw new OAuthError('unauthorized_client', 'This client is bound to a view. Use the token endpoint of that view.');
  }
  if (machine?.grant === grant) return machine;
  throw new OAuthError(
    'unauthorized_client',
    'This client may not use this grant. The owner of the server makes one that may.',
  );
}

/** The user whom an assertion names, if they may call this deployment. @throws AssertionError */
async function userOf(
  tx: Transaction,
  deployment: ProtectedDeployment,
  { issuer, subject }: { issuer: string; subject: string },
): Promise<string> {
  const linked = await tx.trustedSubject.findUnique({
    where: { issuer_subject: { issuer, subject } },
    select: { user: { select: { id: true, lockedAt: true, deletedAt: true } } },
  });
  if (!linked || linked.user.deletedAt !== null) {
    throw new AssertionError('The subject of the assertion is no user of this server.');
  }
  const { id, lockedAt } = linked.user;
  if (lockedAt !== null) throw new AssertionError('The user of the assertion is locked.');
  await holdShares(tx, deployment.id);
  if (!(await mayConnect(tx, deployment.id, id)))
    throw new AssertionError('The user of the assertion may not use this server.');
  return id;
}
