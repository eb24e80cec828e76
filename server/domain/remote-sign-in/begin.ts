import { randomBytes } from 'node:crypto';
import { computeScopeUnion, startAuthorization } from '@modelcontextprotocol/client';
import { z } from 'zod';
import type { Transaction } from '#prisma/client.ts';
import type { Actor } from '../actor.ts';
import type { Envelopes } from '../credentials/envelope.ts';
import { specOf } from '../deployments/rows/releases.ts';
import { notFound, UserError } from '../errors.ts';
import { requireRole } from '../reach.ts';
import { hashSecret } from '../secret-hash.ts';
import { callbackUrl, chooseClient, type EnteredClient, remoteClientSchema } from './client.ts';
import { endpointsSchema, openConnection } from './connection.ts';
import { discoverSignIn } from './discover.ts';
import { explainFailure, signInFailed } from './explain.ts';
import { createLimitedFetch } from './limited-fetch.ts';
import { requestChallenge } from './request-challenge.ts';
import type { SignInDeps } from './sign-in-deps.ts';

const LIFETIME_MS = 10 * 60_000;
/** Sign-ins of one deployment that are under way; the oldest make room. */
const UNDER_WAY_MAX = 10;

/** What a sign-in under way has to remember until the browser comes back. */
const begunSchema = z.object({
  url: z.string(),
  resource: z.string(),
  endpoints: endpointsSchema,
  client: remoteClientSchema,
  codeVerifier: z.string(),
  scope: z.string().nullable(),
});
export type Begun = z.infer<typeof begunSchema>;

const contextOf = (stateHash: Uint8Array) =>
  ({ purpose: 'remote-sign-in', subject: Buffer.from(stateHash).toString('base64url'), version: 1 }) as const;

export const openBegun = async (
  envelopes: Envelopes,
  row: { stateHash: Uint8Array; envelope: string },
): Promise<Begun> => begunSchema.parse(JSON.parse(await envelopes.open(row.envelope, contextOf(row.stateHash))));

/** The address of the remote server that a deployment of the caller relays to. */
export async function getRemoteUrl(db: Transaction, actor: Actor, deploymentId: string): Promise<string> {
  await requireRole(db, actor, deploymentId, 'OWN');
  const deployment = await db.deployment.findUnique({
    where: { id: deploymentId },
    select: { targetReleaseId: true, releases: { orderBy: { number: 'desc' }, take: 1, select: { spec: true } } },
  });
  const release = deployment?.releases[0];
  if (!release) throw notFound('The deployment');
  const spec = specOf(release);
  if (spec.runtime === 'remote') return spec.url;
  throw new UserError('CONFLICT', 'Only servers that run elsewhere have a sign-in of their own.', { kind: 'conflict' });
}

/**
 * Begins a sign-in at the authorization server of a remote server (OAuth 2.1, section 4.1.1, with PKCE, `resource` and a
 * state that works once). Returns the address that the owner opens. @throws UserError
 */
export const createBegin =
  (deps: SignInDeps) =>
  async (
    actor: Actor,
    deploymentId: string,
    entered: EnteredClient | null,
  ): Promise<{ authorizationUrl: string; expiresAt: Date }> => {
    const { database, envelopes, publicUrl, isTrusted, now } = deps;
    const { prisma } = database;
    const url = await getRemoteUrl(prisma, actor, deploymentId);
    const fetchFn = createLimitedFetch(deps.fetch);
    const challenge = await requestChallenge(fetchFn, url);
    const place = await discoverSignIn(fetchFn, url, challenge, isTrusted);
    if (place === null)
      throw signInFailed(
        `${new URL(url).host} describes no sign-in.`,
        'Enter a token or key of the server in the credentials of the deployment.',
      );
    const row = await prisma.remoteConnection.findUnique({ where: { deploymentId } });
    const known = row && (await openConnection(envelopes, row)).client;
    const nowMs = now().getTime();
    const client = await chooseClient(place, { fetchFn, publicUrl, entered, known, nowMs });
    const scope = computeScopeUnion(row?.wantedScope ?? undefined, place.scope ?? undefined) ?? null;
    const state = randomBytes(32).toString('base64url');
    const { authorizationUrl, codeVerifier } = await startAuthorization(place.metadata.issuer, {
      metadata: place.metadata,
      clientInformation: client,
      redirectUrl: callbackUrl(publicUrl),
      state,
      resource: place.resource,
      ...(scope === null ? {} : { scope }),
    }).catch((error: unknown) => {
      throw explainFailure(error, 'The description of the authorization server', place.metadata.issuer);
    });
    const begun: Begun = {
      url,
      resource: place.resource,
      endpoints: endpointsSchema.parse(place.metadata),
      client,
      codeVerifier,
      scope,
    };
    const stateHash = hashSecret(state);
    const envelope = await envelopes.seal(JSON.stringify(begun), contextOf(stateHash));
    const expiresAt = new Date(nowMs + LIFETIME_MS);
    await database.transaction(async (tx) => {
      await tx.remoteSignIn.deleteMany({ where: { expiresAt: { lte: now() } } });
      const older = await tx.remoteSignIn.findMany({
        where: { deploymentId },
        orderBy: { expiresAt: 'desc' },
        skip: UNDER_WAY_MAX - 1,
        select: { stateHash: true },
      });
      await tx.remoteSignIn.deleteMany({ where: { stateHash: { in: older.map((one) => one.stateHash) } } });
      await tx.remoteSignIn.create({ data: { stateHash, deploymentId, userId: actor.userId, envelope, expiresAt } });
    });
    return { authorizationUrl: authorizationUrl.href, expiresAt };
  };
