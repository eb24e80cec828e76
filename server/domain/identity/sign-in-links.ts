import { randomBytes } from 'node:crypto';
import type { PrismaClient } from '#prisma/client.ts';
import { hashSecret } from '../secret-hash.ts';

const SECRET_BYTES = 32;
/** An ended link is recognized for this long, so that its page can give the reason. */
const KEPT_MS = 7 * 24 * 60 * 60_000;

export interface SignInLinks {
  /** The secret of a link that signs this user in once. Links made for them before no longer work. */
  create(userId: string, lifetimeMs: number): Promise<string>;
  /** Uses the link up: the user it signs in, or why it does not. */
  consume(secret: string): Promise<{ userId: string } | { refused: 'used' | 'expired' | 'invalid' }>;
}

/** Links that sign in once. Only the hash of a link's 256 random bits is kept, and looked up. */
export function createSignInLinks({ prisma, clock }: { prisma: PrismaClient; clock: () => Date }): SignInLinks {
  return {
    create: async (userId, lifetimeMs) => {
      const secret = randomBytes(SECRET_BYTES).toString('base64url');
      const now = clock();
      await prisma.signInLink.deleteMany({ where: { expiresAt: { lt: new Date(now.getTime() - KEPT_MS) } } });
      await prisma.signInLink.updateMany({ where: { userId, expiresAt: { gt: now } }, data: { expiresAt: now } });
      await prisma.signInLink.create({
        data: { userId, hash: hashSecret(secret), expiresAt: new Date(now.getTime() + lifetimeMs) },
      });
      return secret;
    },
    consume: async (secret) => {
      const now = clock();
      // One statement decides who was first: of two who click at once, one is signed in.
      const [used] = await prisma.signInLink.updateManyAndReturn({
        where: { hash: hashSecret(secret), usedAt: null, expiresAt: { gt: now } },
        data: { usedAt: now },
        select: { userId: true },
      });
      if (used) return used;
      const known = await prisma.signInLink.findUnique({
        where: { hash: hashSecret(secret) },
        select: { usedAt: true },
      });
      return { refused: known === null ? 'invalid' : known.usedAt === null ? 'expired' : 'used' };
    },
  };
}
