import { exchangeAuthorization, validateAuthorizationResponseIssuer } from '@modelcontextprotocol/client';
import type { Transaction } from '#prisma/client.ts';
import type { Actor } from '../actor.ts';
import { auditDeployment } from '../audit/audit.ts';
import { requireRole } from '../reach.ts';
import { hashSecret } from '../secret-hash.ts';
import { type Begun, openBegun } from './begin.ts';
import { sealConnection } from './connection.ts';
import { explainFailure, oauthCode, signInFailed } from './explain.ts';
import { createLimitedFetch } from './limited-fetch.ts';
import type { SignInDeps } from './sign-in-deps.ts';
import { type Granted, readTokens } from './tokens.ts';

/** The query that the authorization server sends the browser back with (RFC 6749, section 4.1.2; RFC 9207). */
export type Answer = { state: string | null; code: string | null; error: string | null; iss: string | null };

const AGAIN = 'Open the deployment and connect again.';

/** Takes the sign-in that a state stands for, once, and only for the user who began it. */
async function take({ database, envelopes, now }: SignInDeps, actor: Actor, state: string | null) {
  const stateHash = hashSecret(state ?? '');
  const row = await database.prisma.remoteSignIn.findUnique({ where: { stateHash } });
  if (row && row.userId !== actor.userId)
    throw signInFailed('Another user began this sign-in.', 'Sign in to Catwalk as the user who began it.');
  const { count } = row ? await database.prisma.remoteSignIn.deleteMany({ where: { stateHash } }) : { count: 0 };
  if (!row || count === 0)
    throw signInFailed('This sign-in is not under way: it was completed already, or it was never begun.', AGAIN);
  if (row.expiresAt <= now()) throw signInFailed('The sign-in took longer than ten minutes.', AGAIN);
  return { deploymentId: row.deploymentId, begun: await openBegun(envelopes, row) };
}

/** Exchanges the code for tokens, after it is certain who sent it. */
async function redeem(deps: SignInDeps, { endpoints, ...begun }: Begun, answer: Answer): Promise<Granted> {
  const { host } = new URL(endpoints.issuer);
  try {
    validateAuthorizationResponseIssuer({
      iss: answer.iss ?? undefined,
      expectedIssuer: endpoints.issuer,
      issParameterSupported: endpoints.authorization_response_iss_parameter_supported === true,
    });
  } catch (error) {
    throw signInFailed(
      `The answer to the sign-in did not come from ${host}.`,
      'Check the address of the server in its settings before you connect again.',
      error,
    );
  }
  if (answer.error === 'access_denied') throw signInFailed(`Access was denied at ${host}.`, AGAIN);
  if (answer.error !== null || answer.code === null)
    throw signInFailed(`${host} ended the sign-in with an error (${oauthCode(answer.error)}).`, AGAIN);
  try {
    const tokens = await exchangeAuthorization(endpoints.issuer, {
      metadata: endpoints,
      clientInformation: begun.client,
      authorizationCode: answer.code,
      codeVerifier: begun.codeVerifier,
      redirectUri: begun.client.redirectUri,
      resource: begun.resource,
      fetchFn: createLimitedFetch(deps.fetch),
      ...(answer.iss === null ? {} : { iss: answer.iss }),
    });
    return readTokens(tokens, deps.now());
  } catch (error) {
    throw explainFailure(error, 'The token', endpoints.token_endpoint);
  }
}

/** Stores the tokens over those of an earlier sign-in, and lets a worker look at the deployment. */
async function store(deps: SignInDeps, actor: Actor, deploymentId: string, begun: Begun, granted: Granted) {
  const { database, envelopes, events, now } = deps;
  const { url, resource, endpoints, client } = begun;
  const { accessToken, refreshToken, expiresAt } = granted;
  return database.transaction(async (tx: Transaction) => {
    await tx.$queryRaw`SELECT 1 FROM "Deployment" WHERE "id" = ${deploymentId}::uuid FOR UPDATE`;
    await requireRole(tx, actor, deploymentId, 'OWN');
    const deployment = await tx.deployment.findUniqueOrThrow({
      where: { id: deploymentId },
      select: { id: true, ownerId: true, status: true, remoteConnection: true },
    });
    const version = (deployment.remoteConnection?.version ?? 0) + 1;
    const content = { url, resource, endpoints, client, accessToken, refreshToken };
    const at = now();
    const data = {
      issuer: endpoints.issuer,
      envelope: await sealConnection(envelopes, deploymentId, version, content),
      version,
      scope: granted.scope ?? begun.scope,
      wantedScope: null,
      connectedAt: at,
      renewedAt: at,
      expiresAt,
      renewalUntil: null,
      problem: null,
    };
    await tx.remoteConnection.upsert({ where: { deploymentId }, create: { deploymentId, ...data }, update: data });
    await tx.deployment.updateMany({
      where: { id: deploymentId, nextCheckAt: { not: null } },
      data: { nextCheckAt: at },
    });
    await events.publish(tx, 'remote', deploymentId);
    await events.publish(tx, 'deployment', deploymentId);
    await events.publish(tx, 'work', deploymentId);
    const entry = { type: 'remote.connected', issuer: endpoints.issuer } as const;
    await auditDeployment(tx, actor, deployment, entry);
    return deployment.status;
  });
}

/**
 * Completes a sign-in when the browser comes back: checks state, user and issuer, exchanges the code, keeps the tokens,
 * and starts the deployment if it had failed. Returns the deployment. @throws UserError
 */
export const createComplete =
  (deps: SignInDeps) =>
  async (actor: Actor, answer: Answer): Promise<{ deploymentId: string }> => {
    const { deploymentId, begun } = await take(deps, actor, answer.state);
    const granted = await redeem(deps, begun, answer);
    const status = await store(deps, actor, deploymentId, begun, granted);
    if (status === 'FAILED') await deps.start(actor, deploymentId);
    return { deploymentId };
  };
