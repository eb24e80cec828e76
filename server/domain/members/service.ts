import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { PrismaClient, Transaction } from '#prisma/client.ts';
import type { User } from '#prisma/generated/client/client.ts';
import type { Actor } from '../actor.ts';
import { writeAudit } from '../audit/audit.ts';
import type { OwnerIntents } from '../deployments/intents/owner-intents.ts';
import { invalidInput, notFound, UserError } from '../errors.ts';
import type { Events } from '../events.ts';
import { requireName } from '../identity/account.ts';
import { isReservedAddress } from '../identity/reserved-address.ts';
import { endSessions, requireSession } from '../identity/sessions.ts';
import type { SignInLinks } from '../identity/sign-in-links.ts';
import { lockUser } from '../quotas/quotas.ts';
import { endTrialsOf } from '../trials/end-trials.ts';

/** Three days: time for a person to read a message, and short enough for a forgotten link. */
export const MEMBER_LINK_LIFETIME_MS = 3 * 24 * 60 * 60_000;

export type MemberLink = { memberId: string; url: string; expiresAt: Date };

/** The users beside the administrator, and what the administrator may do about them. */
export interface MemberService {
  /** Makes an account without a password, and the link that signs its person in once. Throws CONFLICT. */
  invite(actor: Actor, input: { email: string; name: string | null }): Promise<MemberLink>;
  /** Makes a sign-in link for a member who has lost their password or their link. */
  createLink(actor: Actor, memberId: string): Promise<MemberLink>;
  /** Signs a member out everywhere, refuses their tokens and stops their machines. */
  lock(actor: Actor, memberId: string): Promise<void>;
  unlock(actor: Actor, memberId: string): Promise<void>;
  /** Locks a member for good and deletes their deployments; the account goes with the last machine. */
  delete(actor: Actor, memberId: string): Promise<void>;
  /** Deletes the actor's own account in the same way. */
  deleteSelf(actor: Actor): Promise<void>;
}

export type MemberDeps = {
  prisma: PrismaClient;
  transaction: <T>(work: (tx: Transaction) => Promise<T>) => Promise<T>;
  events: Pick<Events, 'publish'>;
  links: SignInLinks;
  deployments: OwnerIntents;
  publicUrl: string;
  /** True while machines are local: the installation has one user. */
  singlePerson: boolean;
  clock: () => Date;
};

type Change = 'member.locked' | 'member.unlocked' | 'member.deleted';

export function createMemberService(deps: MemberDeps): MemberService {
  const { prisma, transaction, events, clock } = deps;

  const linkFor = async (memberId: string): Promise<MemberLink> => {
    const expiresAt = new Date(clock().getTime() + MEMBER_LINK_LIFETIME_MS);
    const secret = await deps.links.create(memberId, MEMBER_LINK_LIFETIME_MS);
    return { memberId, url: `${deps.publicUrl}/sign-in?token=${secret}`, expiresAt };
  };

  /** Both people see in their trails that the administrator acted on the account. */
  const audit = async (tx: Transaction, actor: Actor, { id, name }: User, type: Change | 'member.link-created') => {
    const entry = { type, memberId: id, name };
    for (const ownerId of new Set([actor.userId, id])) await writeAudit(tx, { actor, ownerId }, entry);
  };

  /** Ends everything that a user can act with. The caller holds the lock of the user's row. */
  const shutOut = async (tx: Transaction, actor: Actor, userId: string) => {
    await endSessions(tx, events, actor, {}, userId);
    await tx.signInLink.deleteMany({ where: { userId } });
    await tx.deviceLogin.deleteMany({ where: { userId } });
    await endTrialsOf(tx, userId, clock());
    await events.publish(tx, 'session', userId); // sockets that API tokens opened are checked again
  };

  const remove = async (tx: Transaction, actor: Actor, user: User) => {
    const at = clock();
    await tx.user.update({ where: { id: user.id }, data: { lockedAt: user.lockedAt ?? at, deletedAt: at } });
    await shutOut(tx, actor, user.id);
    await tx.apiToken.deleteMany({ where: { userId: user.id } });
    await deps.deployments.leaveAll(tx, actor, user.id, { deletes: true });
    await deps.deployments.deleteAll(tx, actor, user.id);
    await audit(tx, actor, user, 'member.deleted');
  };

  return {
    invite: async (actor, input) => {
      requireAdministrator(actor);
      requireSession(actor);
      if (deps.singlePerson) {
        throw new UserError('FORBIDDEN', 'This server has one user, because its programs run as that user.', {
          hint: 'Set MACHINES_ISOLATION=require, or run machines on Fly.io, to invite other people.',
        });
      }
      const email = input.email.trim().toLowerCase();
      if (!z.email().safeParse(email).success || isReservedAddress(email)) {
        const message = 'This is not an email address of a person.';
        throw invalidInput(message, [{ field: 'email', message }]);
      }
      const name = requireName(input.name ?? email.slice(0, email.lastIndexOf('@')));
      const id = randomUUID();
      await transaction(async (tx) => {
        const { count } = await tx.user.createMany({ data: [{ id, name, email }], skipDuplicates: true });
        if (count === 0) {
          throw new UserError('CONFLICT', 'An account with this address already exists.', {
            kind: 'conflict',
            hint: 'Create a sign-in link for it instead.',
          });
        }
        await writeAudit(tx, { actor, ownerId: actor.userId }, { type: 'member.invited', memberId: id, name });
        await writeAudit(tx, { actor, ownerId: id }, { type: 'user.created' });
      });
      return linkFor(id);
    },

    createLink: async (actor, memberId) => {
      if (actor.role !== 'ADMIN') throw notFound('The member');
      requireSession(actor);
      const member = await prisma.user.findFirst({ where: { id: memberId, role: 'MEMBER' } });
      if (!member) throw notFound('The member');
      if (member.lockedAt !== null) {
        throw new UserError('CONFLICT', 'The member is locked.', {
          kind: 'conflict',
          hint: 'Unlock the member first.',
        });
      }
      await transaction((tx) => audit(tx, actor, member, 'member.link-created'));
      return linkFor(member.id);
    },

    lock: (actor, memberId) =>
      transaction(async (tx) => {
        const member = await lockMember(tx, actor, memberId);
        if (member.lockedAt !== null) return;
        await tx.user.update({ where: { id: memberId }, data: { lockedAt: clock() } });
        await shutOut(tx, actor, memberId);
        await deps.deployments.leaveAll(tx, actor, memberId, { deletes: false });
        await deps.deployments.stopAll(tx, actor, memberId);
        await audit(tx, actor, member, 'member.locked');
      }),

    unlock: (actor, memberId) =>
      transaction(async (tx) => {
        const member = await lockMember(tx, actor, memberId);
        if (member.lockedAt === null) return;
        await tx.user.update({ where: { id: memberId }, data: { lockedAt: null } });
        await audit(tx, actor, member, 'member.unlocked');
      }),

    delete: async (actor, memberId) => {
      if (actor.role === 'ADMIN') requireSession(actor);
      await transaction(async (tx) => remove(tx, actor, await lockMember(tx, actor, memberId)));
    },

    deleteSelf: async (actor) => {
      requireSession(actor);
      if (actor.role === 'ADMIN') {
        throw new UserError('FORBIDDEN', 'The account of the administrator cannot be deleted.', {
          hint: 'To end this installation, delete its deployments and then its data.',
        });
      }
      await transaction(async (tx) => {
        await lockUser(tx, actor.userId);
        await remove(tx, actor, await tx.user.findUniqueOrThrow({ where: { id: actor.userId } }));
      });
    },
  };
}

/** Guards what concerns other people's accounts. */
export function requireAdministrator(actor: Actor): void {
  if (actor.role === 'ADMIN') return;
  throw new UserError('FORBIDDEN', 'Only the administrator manages members.');
}

/** Reads a member and locks the row until the transaction ends. One who is being deleted stays so. */
async function lockMember(tx: Transaction, actor: Actor, id: string): Promise<User> {
  if (actor.role !== 'ADMIN') throw notFound('The member'); // ids of others reveal nothing
  await lockUser(tx, id);
  const member = await tx.user.findFirst({ where: { id, role: 'MEMBER', deletedAt: null } });
  if (!member) throw notFound('The member');
  return member;
}
