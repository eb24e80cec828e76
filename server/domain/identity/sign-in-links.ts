import { randomBytes } from 'node:crypto';
import type { PrismaClient } from '#prisma/client.ts';
import { hashSecret } from '../secret-hash.ts';

const SECRET_BYTES = 32;

/** The account that a link signs in to, and the address that it proves because it was mailed there. */
export type UsedLink = { userId: string; provenEmail: string | null } | { userId: null; provenEmail: string };

export interface SignInLinks {
  /** Creates the secret of a link that signs this user in once. Links made for them before no longer work. */
  create(userId: string, lifetimeMs: number): Promise<string>;
  /**
   * Creates the secret of a link that is mailed to an address, of a user or, without one, of a person who gets an
   * account with it. Other links go on: a stranger can request a mail for any address.
   */
  createMailed(to: { userId: string | null; email: string }, lifetimeMs: number): Promise<string>;
  /** Uses the link up. Returns its account, or why it does not sign in. */
  consume(secret: string): Promise<UsedLink | { refused: 'used' | 'expired' | 'invalid' }>;
}

/** Links that sign in once. Only the hash of a link's 256 random bits is kept, and looked up. */
export function createSignInLinks({ prisma, clock }: { prisma: PrismaClient; clock: () => Date }): SignInLinks {
  const insert = async (to: { userId: string | null; email: string | null }, lifetimeMs: number) => {
    const secret = randomBytes(SECRET_BYTES).toString('base64url');
    const expiresAt = new Date(clock().getTime() + lifetimeMs);
    await prisma.signInLink.create({ data: { ...to, hash: hashSecret(secret), expiresAt } });
    return secret;
  };

  return {
    create: async (userId, lifetimeMs) => {
      const now = clock();
      await prisma.signInLink.updateMany({ where: { userId, expiresAt: { gt: now } }, data: { expiresAt: now } });
      return insert({ userId, email: null }, lifetimeMs);
    },
    createMailed: (to, lifetimeMs) => insert(to, lifetimeMs),
    consume: async (secret) => {
      const now = clock();
      // One statement decides who was first: of two who click at once, one is signed in.
      const [used] = await prisma.signInLink.updateManyAndReturn({
        where: { hash: hashSecret(secret), usedAt: null, expiresAt: { gt: now } },
        data: { usedAt: now },
        select: { userId: true, email: true },
      });
      if (used?.userId) return { userId: used.userId, provenEmail: used.email };
      if (used?.email) return { userId: null, provenEmail: used.email };
      const known = await prisma.signInLink.findUnique({
        where: { hash: hashSecret(secret) },
        select: { usedAt: true },
      });
      return { refused: known === null ? 'invalid' : known.usedAt === null ? 'expired' : 'used' };
    },
  };
}
