import { createHash } from 'node:crypto';
import type { Queryable, Transaction } from '#prisma/client.ts';
import type { Envelopes } from '#server/domain/credentials/envelope.ts';
import { EnvelopeError } from '#server/domain/credentials/envelope.ts';
import { invalidInput, notFound, UserError } from '#server/domain/errors.ts';

export type DeployResponse = { deploymentId: string; accessToken: string | null };

/** The key of a request, bound to its sender and its input: neither reveals anything from the database. */
export type RequestKey = { ownerId: string; keyHash: string; inputHash: string };

const KEY_CHARACTERS_MAX = 200;
const KEY_LIFETIME_MS = 24 * 60 * 60 * 1000;

const hash = (text: string): string => createHash('sha256').update(text).digest('base64url');

/** @throws INVALID_INPUT when the key is empty or too long */
export function requestKey(ownerId: string, key: string, input: object): RequestKey {
  if (key.trim() === '' || key.length > KEY_CHARACTERS_MAX) {
    throw invalidInput('The idempotency key is not valid.', [
      { field: 'idempotencyKey', message: `Use 1 to ${KEY_CHARACTERS_MAX} characters.` },
    ]);
  }
  return { ownerId, keyHash: hash(key), inputHash: hash(JSON.stringify(input)) };
}

/** Returned from a transaction that lost the race: another request with the same key has deployed. */
export class AlreadyDeployed extends Error {}

/**
 * Records the response of a request inside its transaction. A concurrent request with the same key waits here until
 * this transaction ends, and then throws `AlreadyDeployed`, which rolls its own deployment back.
 */
export async function claimKey(
  tx: Transaction,
  envelopes: Pick<Envelopes, 'seal'>,
  { ownerId, keyHash, inputHash }: RequestKey,
  { deploymentId, accessToken }: DeployResponse,
  now: Date,
): Promise<void> {
  await tx.deployRequest.deleteMany({ where: { ownerId, keyHash, expiresAt: { lte: now } } });
  const { count } = await tx.deployRequest.createMany({
    data: {
      ownerId,
      keyHash,
      inputHash,
      deploymentId,
      accessToken: accessToken === null ? null : await envelopes.seal(accessToken, contextOf(deploymentId)),
      expiresAt: new Date(now.getTime() + KEY_LIFETIME_MS),
    },
    skipDuplicates: true,
  });
  if (count === 0) throw new AlreadyDeployed();
}

/**
 * Finds the response to an earlier request with the same key; null when there is none.
 *
 * @throws CONFLICT when the key was used for another input, NOT_FOUND when its deployment was deleted
 */
export async function findResponse(
  prisma: Queryable,
  envelopes: Pick<Envelopes, 'open'>,
  { ownerId, keyHash, inputHash }: RequestKey,
  now: Date,
): Promise<DeployResponse | null> {
  const found = await prisma.deployRequest.findUnique({ where: { ownerId_keyHash: { ownerId, keyHash } } });
  if (!found || found.expiresAt <= now) return null;
  if (found.inputHash !== inputHash) {
    throw new UserError('CONFLICT', 'This idempotency key was used for another deployment.', {
      kind: 'conflict',
      hint: 'Use a new key for each deployment.',
    });
  }
  const { deploymentId } = found;
  if ((await prisma.deployment.count({ where: { id: deploymentId, ownerId } })) === 0) throw notFound('The deployment');
  return { deploymentId, accessToken: await openToken(envelopes, found.accessToken, deploymentId) };
}

const contextOf = (deploymentId: string) =>
  ({ purpose: 'deploy-response', subject: deploymentId, version: 1 }) as const;

/** Null when the token cannot be opened, because the encryption key was rotated since: the deployment exists all the same. */
async function openToken(
  envelopes: Pick<Envelopes, 'open'>,
  sealed: string | null,
  deploymentId: string,
): Promise<string | null> {
  if (sealed === null) return null;
  try {
    return await envelopes.open(sealed, contextOf(deploymentId));
  } catch (error) {
    if (error instanceof EnvelopeError) return null;
    throw error;
  }
}
