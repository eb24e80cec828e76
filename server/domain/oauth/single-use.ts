import type { Queryable } from '#prisma/client.ts';
import { hashSecret } from '../secret-hash.ts';
import type { SingleUse } from './assertion.ts';

/**
 * Remembers that an assertion was used, until it expires. Returns false if it was used before: of two instances that
 * receive it at once, one is first.
 */
export async function rememberUse(db: Queryable, issuer: string, { jti, usableUntil }: SingleUse): Promise<boolean> {
  const hash = hashSecret(JSON.stringify([issuer, jti]));
  const { count } = await db.oAuthAssertion.createMany({
    data: { hash, expiresAt: usableUntil },
    skipDuplicates: true,
  });
  return count === 1;
}
