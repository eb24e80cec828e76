import { OAuthError, refreshAuthorization } from '@modelcontextprotocol/client';
import type { RemoteConnection } from '#prisma/generated/client/client.ts';
import { type ConnectionContent, openConnection, sealConnection } from './connection.ts';
import { explainFailure } from './explain.ts';
import { createLimitedFetch } from './limited-fetch.ts';
import type { SignInDeps } from './sign-in-deps.ts';
import { readTokens } from './tokens.ts';

/** Longer than a renewal can take: an instance that died in between holds up the others for no longer. */
const RENEWAL_MS_MAX = 40_000;
/** Answers after which another try can never help (RFC 6749, section 5.2). */
const FINAL: ReadonlySet<string> = new Set(['invalid_grant', 'invalid_client', 'unauthorized_client']);

export type RenewalDeps = Pick<SignInDeps, 'database' | 'events' | 'envelopes' | 'fetch' | 'now'>;

export const signInEnded = (issuer: string): string => `The sign-in at ${new URL(issuer).host} has ended.`;

/** Claims the row for one renewal. False while another instance renews it, or when it changed. */
export async function claimRenewal({ database, now }: RenewalDeps, { deploymentId, version }: RemoteConnection) {
  const at = now();
  const { count } = await database.prisma.remoteConnection.updateMany({
    where: {
      deploymentId,
      version,
      problem: null,
      OR: [{ renewalUntil: null }, { renewalUntil: { lte: at } }],
    },
    data: { renewalUntil: new Date(at.getTime() + RENEWAL_MS_MAX) },
  });
  return count === 1;
}

/** Notes that the owner has to sign in again, and lets a worker see it at once. */
export async function endConnection(deps: RenewalDeps, row: RemoteConnection): Promise<void> {
  const { deploymentId, version, issuer } = row;
  await deps.database.transaction(async (tx) => {
    const { count } = await tx.remoteConnection.updateMany({
      where: { deploymentId, version, problem: null },
      data: { problem: signInEnded(issuer), renewalUntil: null },
    });
    if (count === 0) return;
    const nextCheckAt = deps.now();
    await tx.deployment.updateMany({ where: { id: deploymentId, nextCheckAt: { not: null } }, data: { nextCheckAt } });
    for (const topic of ['remote', 'deployment', 'work'] as const) await deps.events.publish(tx, topic, deploymentId);
  });
}

const requestTokens = async (deps: RenewalDeps, content: ConnectionContent, refreshToken: string) =>
  readTokens(
    await refreshAuthorization(content.endpoints.issuer, {
      metadata: content.endpoints,
      clientInformation: content.client,
      refreshToken,
      resource: content.resource,
      fetchFn: createLimitedFetch(deps.fetch),
    }),
    deps.now(),
  );

/**
 * Renews the tokens of a claimed row (OAuth 2.1, section 4.3), and writes them over the version that was renewed: tokens
 * of a sign-in that came in between stay. If the process dies between the answer and the write, the old refresh token is
 * used once more, and its server decides. @throws UserError if it may work later.
 */
export async function renewClaimed(deps: RenewalDeps, row: RemoteConnection): Promise<void> {
  const { deploymentId, version } = row;
  const { prisma } = deps.database;
  const where = { deploymentId, version };
  const content = await openConnection(deps.envelopes, row);
  if (content.refreshToken === null) return endConnection(deps, row);
  let granted: Awaited<ReturnType<typeof requestTokens>>;
  try {
    granted = await requestTokens(deps, content, content.refreshToken);
  } catch (error) {
    if (error instanceof OAuthError && FINAL.has(error.code)) return endConnection(deps, row);
    await prisma.remoteConnection.updateMany({ where, data: { renewalUntil: null } });
    throw explainFailure(error, 'The token', content.endpoints.token_endpoint);
  }
  const { accessToken, refreshToken, scope, expiresAt } = granted;
  const next = { ...content, accessToken, refreshToken: refreshToken ?? content.refreshToken };
  const envelope = await sealConnection(deps.envelopes, deploymentId, version + 1, next);
  await deps.database.transaction(async (tx) => {
    await tx.remoteConnection.updateMany({
      where,
      data: {
        envelope,
        version: version + 1,
        renewedAt: deps.now(),
        expiresAt,
        renewalUntil: null,
        ...(scope === null ? {} : { scope }),
      },
    });
    await deps.events.publish(tx, 'remote', deploymentId);
  });
}
