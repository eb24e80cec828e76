import { z } from 'zod';
import type { Transaction } from '#prisma/client.ts';
import type { ServiceKey } from '#prisma/generated/client/client.ts';
import type { KeyService } from '#prisma/generated/client/enums.ts';
import type { EnvelopeContext, Envelopes } from '../credentials/envelope.ts';

/** Facts that the service reports of a key; kept in `ServiceKey.facts`. */
export const factsSchema = z.object({
  /** The key's account, in the service's own words: a login, or a label. */
  account: z.string().nullable(),
  /** For a Fly token: the slug of the organization, and the app in which machines are made. */
  organization: z.string().nullable(),
  app: z.string().nullable(),
});
export type ServiceFacts = z.infer<typeof factsSchema>;

export const NO_FACTS: ServiceFacts = { account: null, organization: null, app: null };

const ENDING_CHARACTERS = 4;
/** The ending of a shorter key would give it away. */
const SHOWN_CHARACTERS_MIN = 16;

type KeyId = Pick<ServiceKey, 'userId' | 'service' | 'version'>;

/** Binds the envelope of a key: it does not open for another user, for another service, or for an older version. */
export const serviceKeyContext = ({ userId, service, version }: KeyId): EnvelopeContext => ({
  purpose: 'setting',
  subject: `${userId} ${service}`,
  version,
});

export const openServiceKey = (envelopes: Envelopes, row: KeyId & { envelope: string }): Promise<string> =>
  envelopes.open(row.envelope, serviceKeyContext(row));

/** Saves a key that its service has accepted; the one before is gone. */
export async function saveServiceKey(
  tx: Transaction,
  envelopes: Envelopes,
  owner: { userId: string; service: KeyService },
  { key, facts, checkedAt }: { key: string; facts: ServiceFacts; checkedAt: Date },
): Promise<void> {
  const before = await tx.serviceKey.findUnique({ where: { userId_service: owner }, select: { version: true } });
  const version = (before?.version ?? 0) + 1;
  const data = {
    version,
    envelope: await envelopes.seal(key, serviceKeyContext({ ...owner, version })),
    ending: key.length < SHOWN_CHARACTERS_MIN ? '' : key.slice(-ENDING_CHARACTERS),
    facts,
    checkedAt,
    problem: null,
  };
  await tx.serviceKey.upsert({ where: { userId_service: owner }, create: { ...owner, ...data }, update: data });
}

/** How a key is shown: enough to recognize it by. */
export const maskedKey = (ending: string): string => `••••${ending}`;
