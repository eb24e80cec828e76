import type { Database } from '#prisma/client.ts';
import type { Envelopes } from './envelope.ts';

/** Every column that holds envelopes. A test holds it equal to the schema. */
export const ENVELOPE_COLUMNS = [
  ['CallBodies', 'envelope'],
  ['CredentialSet', 'envelope'],
  ['DeployRequest', 'accessToken'],
  ['PersonalValues', 'envelope'],
  ['Release', 'hostToken'],
  ['RemoteConnection', 'envelope'],
  ['RemoteSignIn', 'envelope'],
  ['ServiceKey', 'envelope'],
  ['InstallationSettings', 'webhookSecret'],
  ['Installation', 'keyCheck'],
] as const;

const BATCH = 100;

/** The id of the key that an envelope was sealed with, from the header of a compact JWE (RFC 7516, section 3.1). */
const kidOf = (column: string): string => {
  const header = `split_part("${column}", '.', 1)`;
  const base64 = `rpad(translate(${header}, '-_', '+/'), (length(${header}) + 3) / 4 * 4, '=')`;
  return `CASE WHEN "${column}" LIKE 'eyJ%' THEN convert_from(decode(${base64}, 'base64'), 'UTF8')::jsonb ->> 'kid' END`;
};

/** How many envelopes there are of each key. */
export async function countEnvelopes({ prisma }: Pick<Database, 'prisma'>): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  for (const [table, column] of ENVELOPE_COLUMNS) {
    const rows = await prisma.$queryRawUnsafe<{ kid: string; count: number }[]>(
      `SELECT kid, count(*)::int AS count FROM (SELECT ${kidOf(column)} AS kid FROM "${table}") envelopes
       WHERE kid IS NOT NULL GROUP BY kid`,
    );
    for (const { kid, count } of rows) counts.set(kid, (counts.get(kid) ?? 0) + count);
  }
  return counts;
}

/**
 * Seals every envelope of an older key with the present key, in small transactions, while everything goes on:
 * concurrent readers have both keys. After an interruption, the next run continues at the same place. Rows that others
 * hold are left to a later round; it ends when a round finds none. Returns how many it sealed.
 */
export async function rotateEnvelopes(
  { transaction }: Pick<Database, 'transaction'>,
  envelopes: Envelopes,
  kid: string,
  signal?: AbortSignal,
): Promise<number> {
  const rotateBatch = (table: string, column: string) =>
    transaction(async (tx) => {
      const rows = await tx.$queryRawUnsafe<{ row: string; envelope: string }[]>(
        `SELECT ctid::text AS row, "${column}" AS envelope FROM "${table}" WHERE ${kidOf(column)} <> $1
         LIMIT ${BATCH} FOR UPDATE SKIP LOCKED`,
        kid,
      );
      for (const { row, envelope } of rows) {
        const sealed = await envelopes.reseal(envelope);
        await tx.$executeRawUnsafe(`UPDATE "${table}" SET "${column}" = $1 WHERE ctid = $2::tid`, sealed, row);
      }
      return rows.length;
    });

  let total = 0;
  for (;;) {
    let round = 0;
    for (const [table, column] of ENVELOPE_COLUMNS) {
      for (;;) {
        signal?.throwIfAborted();
        const done = await rotateBatch(table, column);
        round += done;
        if (done < BATCH) break;
      }
    }
    total += round;
    if (round === 0) return total;
  }
}
