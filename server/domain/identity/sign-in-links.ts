import { hash, randomBytes } from 'node:crypto';
import type { PrismaClient } from '#prisma/client.ts';

const SECRET_BYTES = 32;

export interface SignInLinks {
  /** The secret of a link that signs this user in once. Links made for them before no longer work. */
  create(userId: string, lifetimeMs: number): Promise<string>;
  /** Uses the link up: the user it signs in, or null when it is unknown, used or too old. */
  consume(secret: string): Promise<string | null>;
}

// crypto.hash returns a Buffer of its own; its type leaves the kind of memory open
const hashOf = (secret: string) => hash('sha256', secret, 'buffer') as Buffer<ArrayBuffer>;

/** Links that sign in once. Only the hash of a link's 256 random bits is kept, and looked up. */
export function createSignInLinks({ prisma, clock }: { prisma: PrismaClient; clock: () => Date }): SignInLinks {
  return {
    create: async (userId, lifetimeMs) => {
      const secret = randomBytes(SECRET_BYTES).toString('base64url');
      const expiresAt = new Date(clock().getTime() + lifetimeMs);
      await prisma.signInLink.deleteMany({ where: { userId, usedAt: null } });
      await prisma.signInLink.create({ data: { userId, hash: hashOf(secret), expiresAt } });
      return secret;
    },
    consume: async (secret) => {
      const now = clock();
      // One statement decides who was first: of two who click at once, one is signed in.
      const [used] = await prisma.signInLink.updateManyAndReturn({
        where: { hash: hashOf(secret), usedAt: null, expiresAt: { gt: now } },
        data: { usedAt: now },
        select: { userId: true },
      });
      return used?.userId ?? null;
    },
  };
}
