import { randomBytes, randomInt } from 'node:crypto';
import type { PrismaClient, Transaction } from '#prisma/client.ts';
import type { ApiTokenScope } from '#prisma/generated/client/enums.ts';
import type { Actor } from '#server/domain/actor.ts';
import { writeAudit } from '#server/domain/audit/audit.ts';
import { invalidInput, notFound, UserError } from '#server/domain/errors.ts';
import { networkOf } from '../network.ts';
import { hashSecret } from '../secret-hash.ts';
import type { ApiTokenService } from './api-tokens.ts';
import type { AttemptRule, Attempts } from './attempts.ts';
import { requireSession } from './sessions.ts';

const LIFETIME_MS = 10 * 60_000;
export const POLL_SECONDS = 3;
const DAY_MS = 24 * 60 * 60_000;
const DAYS_MAX = 365;
const NAME_CHARACTERS_MAX = 60;
/** Programs that wait to be let in; beyond it, and beyond the number for one network, the oldest make room. */
const WAITING_MAX = 10_000;
const WAITING_PER_NETWORK_MAX = 20;
/** No vowels, and nothing that looks like something else (RFC 8628, section 6.1): 20^8 codes. */
const LETTERS = 'BCDFGHJKLMNPQRSTVWXZ';
const CODE_LETTERS = 8;
/** Limits a signed-in user who guesses codes of others: 60 an hour of 25,600,000,000. */
const GUESS_RULE: AttemptRule = { attemptsMax: 60, windowMs: 60 * 60_000 };

export type DeviceRequest = {
  name: string;
  address: string | null;
  scope: ApiTokenScope;
  createdAt: Date;
  expiresAt: Date;
};

export type DeviceAnswer =
  | { state: 'pending' | 'denied' | 'expired' }
  | { state: 'allowed'; token: string; scope: ApiTokenScope; expiresAt: Date | null };

/** How a program on another computer gets an API token: a person compares a short code and lets it in (RFC 8628). */
export interface DeviceLogins {
  /** Begins to wait. `deviceCode` is the program's secret; `userCode` is what it shows to the person. */
  start(input: {
    name: string;
    scope: ApiTokenScope;
    address: string;
  }): Promise<{ deviceCode: string; userCode: string; expiresInSeconds: number }>;
  /** Returns the details that the person sees before they decide. */
  find(actor: Actor, userCode: string): Promise<DeviceRequest | null>;
  /** Lets it in, with no more than it asked for; `days` null: until its token is revoked. */
  allow(actor: Actor, userCode: string, grant: { scope: ApiTokenScope; days: number | null }): Promise<void>;
  deny(actor: Actor, userCode: string): Promise<void>;
  /** Returns the decision; the token is created and returned once. */
  poll(deviceCode: string): Promise<DeviceAnswer>;
}

export type DeviceLoginDeps = {
  prisma: PrismaClient;
  transaction: <T>(work: (tx: Transaction) => Promise<T>) => Promise<T>;
  apiTokens: Pick<ApiTokenService, 'create'>;
  attempts: Attempts;
  clock: () => Date;
};

/** Accepts a code as people type it: in any case, with or without its hyphen. */
export const normalizeUserCode = (code: string): string => code.toUpperCase().replace(/[^A-Z]/g, '');

export function createDeviceLogins(deps: DeviceLoginDeps): DeviceLogins {
  const { prisma, transaction, attempts, clock } = deps;

  const waiting = (userCode: string) => ({
    userHash: hashSecret(normalizeUserCode(userCode)),
    approved: null,
    expiresAt: { gt: clock() },
  });

  const guard = async ({ userId }: Actor) => {
    const wait = await attempts.consume(`device ${userId}`, GUESS_RULE);
    if (wait === null) return;
    throw new UserError('LIMIT_REACHED', 'Too many codes were tried.', { kind: 'limit', hint: `Wait ${wait} s.` });
  };

  /** Removes those that wait for longest, but for `keep`. One that a person let in stays: its program fetches its token. */
  const removeOldest = async (of: { network?: string }, keep: number): Promise<void> => {
    const where = { ...of, approved: null };
    const oldest = await prisma.deviceLogin.findMany({
      where,
      orderBy: { createdAt: 'desc' },
      skip: keep,
      select: { id: true },
    });
    if (oldest.length === 0) return;
    await prisma.deviceLogin.deleteMany({ where: { ...where, id: { in: oldest.map(({ id }) => id) } } });
  };

  /** One statement decides who was first. */
  const decide = async (tx: Transaction, actor: Actor, userCode: string, data: DeviceDecision) => {
    const [row] = await tx.deviceLogin.updateManyAndReturn({ where: waiting(userCode), data });
    if (!row) throw notFound('The code');
    const entry = data.approved
      ? ({ type: 'device.allowed', name: row.name, scope: data.scope } as const)
      : ({ type: 'device.denied', name: row.name } as const);
    await writeAudit(tx, { actor, ownerId: actor.userId }, entry);
  };

  return {
    start: async ({ name, scope, address }) => {
      const now = clock();
      await prisma.deviceLogin.deleteMany({ where: { expiresAt: { lte: now } } });
      const network = networkOf(address);
      await removeOldest({ network }, WAITING_PER_NETWORK_MAX - 1);
      await removeOldest({}, WAITING_MAX - 1);
      const deviceCode = randomBytes(32).toString('base64url');
      const letters = Array.from({ length: CODE_LETTERS }, () => LETTERS[randomInt(LETTERS.length)]).join('');
      const shown = [...name]
        .filter((character) => character >= ' ' && character !== '\u007f')
        .join('')
        .trim();
      await prisma.deviceLogin.create({
        data: {
          deviceHash: hashSecret(deviceCode),
          userHash: hashSecret(letters),
          name: shown.slice(0, NAME_CHARACTERS_MAX) || 'A program',
          address,
          network,
          scope,
          createdAt: now,
          expiresAt: new Date(now.getTime() + LIFETIME_MS),
        },
      });
      const userCode = `${letters.slice(0, CODE_LETTERS / 2)}-${letters.slice(CODE_LETTERS / 2)}`;
      return { deviceCode, userCode, expiresInSeconds: LIFETIME_MS / 1000 };
    },

    find: async (actor, userCode) => {
      requireSession(actor);
      await guard(actor);
      return prisma.deviceLogin.findFirst({
        where: waiting(userCode),
        select: { name: true, address: true, scope: true, createdAt: true, expiresAt: true },
      });
    },

    allow: async (actor, userCode, { scope, days }) => {
      requireSession(actor);
      await guard(actor);
      if (days !== null && !(Number.isInteger(days) && days >= 1 && days <= DAYS_MAX)) {
        const message = `A token lives 1 to ${DAYS_MAX} days, or until it is revoked.`;
        throw invalidInput(message, [{ field: 'days', message }]);
      }
      await transaction(async (tx) => {
        const asked = await tx.deviceLogin.findFirst({ where: waiting(userCode), select: { scope: true } });
        const granted = asked?.scope === 'READ' ? 'READ' : scope;
        await decide(tx, actor, userCode, { approved: true, userId: actor.userId, scope: granted, days });
      });
    },

    deny: async (actor, userCode) => {
      requireSession(actor);
      await guard(actor);
      await transaction((tx) => decide(tx, actor, userCode, { approved: false }));
    },

    poll: async (deviceCode) => {
      const now = clock();
      const where = { deviceHash: hashSecret(deviceCode), expiresAt: { gt: now } };
      const row = await prisma.deviceLogin.findFirst({ where, include: { user: { select: { role: true } } } });
      if (!row) return { state: 'expired' };
      if (row.approved === null) return { state: 'pending' };
      const { count } = await prisma.deviceLogin.deleteMany({ where }); // returned once: of two polls one gets it
      if (count === 0) return { state: 'expired' };
      if (!row.approved || row.userId === null || row.user === null) return { state: 'denied' };
      const expiresAt = row.days === null ? null : new Date(now.getTime() + row.days * DAY_MS);
      const { userId, scope, address } = row;
      const actor: Actor = { userId, role: row.user.role, scope: 'WRITE', via: 'session', ip: address };
      const { token } = await deps.apiTokens.create(actor, { name: `CLI on ${row.name}`, scope, expiresAt });
      return { state: 'allowed', token, scope, expiresAt };
    },
  };
}

type DeviceDecision =
  | { approved: true; userId: string; scope: ApiTokenScope; days: number | null }
  | { approved: false };
