import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { PrismaClient, Transaction } from '#prisma/client.ts';
import type { Actor } from '#server/domain/actor.ts';
import { writeAudit } from '#server/domain/audit/audit.ts';
import { invalidInput, UserError } from '#server/domain/errors.ts';
import type { Events } from '#server/domain/events.ts';
import type { Attempts } from './attempts.ts';
import { isReservedAddress } from './reserved-address.ts';
import { endSessions, requireSession } from './sessions.ts';

export const PASSWORD_CHARACTERS_MIN = 10;
export const PASSWORD_CHARACTERS_MAX = 128;
const NAME_CHARACTERS_MAX = 100;
const CURRENT_PASSWORD_RULE = { attemptsMax: 10, windowMs: 15 * 60_000 };
/** How long after a sign-in with a link the password can be replaced without the current one. */
const REPLACE_PASSWORD_MS = 15 * 60_000;
/** Accounts with a password, as better-auth names them. */
const PASSWORD_PROVIDER = 'credential';

/** Slow on purpose; the same as the sign-in uses. */
export type PasswordHashing = {
  hash(password: string): Promise<string>;
  verify(given: { hash: string; password: string }): Promise<boolean>;
};

export interface AccountService {
  /**
   * Sets the actor's password and ends their other sessions. Requires the current password if there is one, but not
   * shortly after a sign-in with a link: that is how a forgotten password is replaced.
   */
  changePassword(actor: Actor, input: { current: string | null; next: string }): Promise<void>;
  /** Proves that the actor knows the password, if there is one, or came with a link. Throws INVALID_INPUT. */
  confirm(actor: Actor, password: string | null): Promise<void>;
  /** Changes name and address. The address is what one signs in with, so that it takes the password too. */
  update(actor: Actor, input: { name: string; email: string; password: string | null }): Promise<void>;
}

export type AccountDeps = {
  prisma: PrismaClient;
  transaction: <T>(work: (tx: Transaction) => Promise<T>) => Promise<T>;
  events: Pick<Events, 'publish'>;
  attempts: Attempts;
  passwords: PasswordHashing;
  clock: () => Date;
};

export function createAccountService(deps: AccountDeps): AccountService {
  const { prisma, transaction, events, attempts, passwords, clock } = deps;

  const passwordOf = async ({ userId }: Actor): Promise<string | null> =>
    (await prisma.account.findFirst({ where: { userId, providerId: PASSWORD_PROVIDER } }))?.password ?? null;

  const cameWithLink = async ({ userId, credentialId }: Actor): Promise<boolean> => {
    if (credentialId === undefined) return false;
    const session = await prisma.session.findFirst({ where: { id: credentialId, userId } });
    return session !== null && mayReplacePassword(session, clock());
  };

  /** Hashing takes long: it happens outside of transactions, and what was read is compared again inside. */
  const requirePassword = async (actor: Actor, given: string | null, field: string): Promise<string | null> => {
    const { userId } = actor;
    const kept = await passwordOf(actor);
    if (kept === null) return null;
    const wait = await attempts.consume(`password ${userId}`, CURRENT_PASSWORD_RULE);
    if (wait !== null) {
      throw new UserError('LIMIT_REACHED', 'Too many attempts.', { kind: 'limit', hint: `Wait ${wait} s.` });
    }
    if (given === null || !(await passwords.verify({ hash: kept, password: given }))) {
      throw invalidInput('The current password is wrong.', [{ field, message: 'This is not the current password.' }]);
    }
    await attempts.forget(`password ${userId}`);
    return kept;
  };

  return {
    confirm: async (actor, password) => {
      requireSession(actor);
      if (!(await cameWithLink(actor))) await requirePassword(actor, password, 'currentPassword');
    },

    changePassword: async (actor, { current, next }) => {
      requireSession(actor);
      if (next.length < PASSWORD_CHARACTERS_MIN || next.length > PASSWORD_CHARACTERS_MAX) {
        const message = `A password has ${PASSWORD_CHARACTERS_MIN} to ${PASSWORD_CHARACTERS_MAX} characters.`;
        throw invalidInput(message, [{ field: 'newPassword', message }]);
      }
      const kept = (await cameWithLink(actor))
        ? await passwordOf(actor)
        : await requirePassword(actor, current, 'currentPassword');
      const password = await passwords.hash(next);
      const { userId } = actor;
      await transaction(async (tx) => {
        const where = { userId, providerId: PASSWORD_PROVIDER };
        const { count } = await tx.account.updateMany({ where: { ...where, password: kept }, data: { password } });
        if (count === 0) {
          if ((await tx.account.count({ where })) > 0) throw changedMeanwhile();
          const at = { createdAt: clock(), updatedAt: clock() };
          await tx.account.create({ data: { id: randomUUID(), accountId: userId, ...where, password, ...at } });
        }
        await writeAudit(tx, { actor, ownerId: userId }, { type: 'user.updated', changed: ['password'] });
        const others = actor.credentialId === undefined ? {} : { id: { not: actor.credentialId } };
        await endSessions(tx, events, actor, others);
      });
    },

    update: async (actor, input) => {
      requireSession(actor);
      const name = requireName(input.name);
      const email = input.email.trim().toLowerCase();
      const before = await prisma.user.findUniqueOrThrow({ where: { id: actor.userId } });
      const changed = [...(before.name === name ? [] : ['name']), ...(before.email === email ? [] : ['email'])];
      if (changed.length === 0) return;
      if (before.email !== email) {
        if (!z.email().safeParse(email).success) {
          const message = 'This is not an email address.';
          throw invalidInput(message, [{ field: 'email', message }]);
        }
        if (isReservedAddress(email)) {
          const message = 'This address belongs to Catwalk itself. Enter an address of yours.';
          throw invalidInput(message, [{ field: 'email', message }]);
        }
        await requirePassword(actor, input.password, 'currentPassword');
      }
      await transaction(async (tx) => {
        if (before.email !== email && (await tx.user.count({ where: { email } })) > 0) {
          throw new UserError('CONFLICT', 'Another account has this address.', { kind: 'conflict' });
        }
        // nothing has proved yet that the new address belongs to this user
        const proof = before.email === email ? {} : { email, emailVerified: false };
        await tx.user.update({ where: { id: actor.userId }, data: { name, ...proof } });
        await writeAudit(tx, { actor, ownerId: actor.userId }, { type: 'user.updated', changed });
      });
    },
  };
}

/** Reports whether a session began with a sign-in link so recently that its person may replace a forgotten password. */
export const mayReplacePassword = ({ method, createdAt }: { method: string | null; createdAt: Date }, now: Date) =>
  method === 'link' && now.getTime() - createdAt.getTime() < REPLACE_PASSWORD_MS;

/** Returns a person's name without blanks around it. Throws INVALID_INPUT. */
export function requireName(given: string): string {
  const name = given.trim();
  if (name !== '' && name.length <= NAME_CHARACTERS_MAX && !name.includes('\u0000')) return name;
  const message = `A name has 1 to ${NAME_CHARACTERS_MAX} characters.`;
  throw invalidInput(message, [{ field: 'name', message }]);
}

const changedMeanwhile = () =>
  new UserError('CONFLICT', 'The password was changed in another session.', { kind: 'conflict', hint: 'Try again.' });
