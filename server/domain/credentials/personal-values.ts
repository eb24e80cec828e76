import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Transaction } from '#prisma/client.ts';
import type { Envelopes } from './envelope.ts';

/** The subject of personal values: a person, or an access token that was given values when it was made. */
export type ValuesHolder = { userId: string } | { accessTokenId: string };

const valuesSchema = z.record(z.string(), z.string());
export type PersonalValues = z.infer<typeof valuesSchema>;

type Row = {
  id: string;
  deploymentId: string;
  userId: string | null;
  accessTokenId: string | null;
  envelope: string;
};

/** Bound to the row as well, so that no earlier state of the values opens in its place. */
const contextOf = ({ id, deploymentId, userId, accessTokenId }: Omit<Row, 'envelope'>) =>
  ({
    purpose: 'personal-values',
    subject: [deploymentId, userId === null ? `token:${accessTokenId}` : `user:${userId}`, id].join(' '),
    version: 1,
  }) as const;

/**
 * Puts values in place of those that the holder has for a deployment; none removes them. The row's id is new with each
 * change. The caller holds a lock that keeps two changes of one holder apart.
 */
export async function replacePersonalValues(
  tx: Transaction,
  envelopes: Envelopes,
  change: { deploymentId: string; holder: ValuesHolder; values: PersonalValues; now: Date },
): Promise<void> {
  const { deploymentId, holder, values, now } = change;
  await tx.personalValues.deleteMany({ where: { deploymentId, ...holder } });
  const names = Object.keys(values).sort();
  if (names.length === 0) return;
  const row = { id: randomUUID(), deploymentId, userId: null, accessTokenId: null, ...holder };
  const envelope = await envelopes.seal(JSON.stringify(values), contextOf(row));
  await tx.personalValues.create({ data: { ...row, envelope, names, createdAt: now } });
}

export const openPersonalValues = async (envelopes: Envelopes, row: Row): Promise<PersonalValues> =>
  valuesSchema.parse(JSON.parse(await envelopes.open(row.envelope, contextOf(row))));
