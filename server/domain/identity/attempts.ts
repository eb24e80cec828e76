import { hash } from 'node:crypto';
import type { PrismaClient } from '#prisma/client.ts';

/** At most so many attempts within a window that begins with the first. */
export type AttemptRule = { attemptsMax: number; windowMs: number };

export interface Attempts {
  /** Counts one attempt before it is made, so that any number at once are held to the rule. Null, or seconds to wait. */
  consume(key: string, rule: AttemptRule): Promise<number | null>;
  /** After a success: the next failure is the first again. */
  forget(key: string): Promise<void>;
}

/** Attempts to sign in, counted in the database: every instance sees the same number. Keys are kept as hashes. */
export function createAttempts({ prisma, clock }: { prisma: PrismaClient; clock: () => Date }): Attempts {
  return {
    consume: async (key, { attemptsMax, windowMs }) => {
      const now = clock();
      const until = new Date(now.getTime() + windowMs);
      const [row] = await prisma.$queryRaw<{ count: number; expiresAt: Date }[]>`
        INSERT INTO "SignInAttempts" AS kept ("key", "count", "expiresAt") VALUES (${hash('sha256', key)}, 1, ${until})
        ON CONFLICT ("key") DO UPDATE SET
          "count" = CASE WHEN kept."expiresAt" <= ${now} THEN 1 ELSE kept."count" + 1 END,
          "expiresAt" = CASE WHEN kept."expiresAt" <= ${now} THEN ${until} ELSE kept."expiresAt" END
        RETURNING "count", "expiresAt"`;
      if (!row || row.count <= attemptsMax) return null;
      return Math.max(1, Math.ceil((row.expiresAt.getTime() - now.getTime()) / 1000));
    },
    forget: async (key) => {
      await prisma.signInAttempts.deleteMany({
        where: { OR: [{ key: hash('sha256', key) }, { expiresAt: { lte: clock() } }] }, // and whatever is over
      });
    },
  };
}
