import type { Transaction } from '#prisma/client.ts';
import type { Prisma } from '#prisma/generated/client/client.ts';
import type { Actor } from '#server/domain/actor.ts';
import { writeAudit } from '#server/domain/audit/audit.ts';
import { notFound, UserError } from '#server/domain/errors.ts';
import type { Events } from '#server/domain/events.ts';

export interface SessionService {
  /** Ends one session of the actor, and whatever it has open, on every instance. */
  end(actor: Actor, id: string): Promise<void>;
  /** Ends all of them; those besides the actor's own when it is to stay. Returns how many. */
  endAll(actor: Actor, options: { keepThis: boolean }): Promise<number>;
}

export type SessionDeps = {
  transaction: <T>(work: (tx: Transaction) => Promise<T>) => Promise<T>;
  events: Pick<Events, 'publish'>;
};

export function createSessionService({ transaction, events }: SessionDeps): SessionService {
  return {
    end: async (actor, id) => {
      requireSession(actor);
      const ended = await transaction((tx) => endSessions(tx, events, actor, { id }));
      if (ended === 0) throw notFound('The session');
    },
    endAll: async (actor, { keepThis }) => {
      requireSession(actor);
      const kept = keepThis && actor.credentialId !== undefined ? { id: { not: actor.credentialId } } : {};
      return transaction((tx) => endSessions(tx, events, actor, kept));
    },
  };
}

/** Guards actions for a signed-in person only: a script's token, which may leak, must not take the account over. */
export function requireSession(actor: Actor): void {
  if (actor.via === 'session') return;
  throw new UserError('FORBIDDEN', 'An API token may not do this.', { hint: 'Sign in with a browser.' });
}

/**
 * Ends sessions of one user, by default of the actor. Playground tokens go with the session they were made in; what is
 * open ends when the events arrive, which is when the transaction commits. Returns how many sessions there were.
 */
export async function endSessions(
  tx: Transaction,
  events: Pick<Events, 'publish'>,
  actor: Actor,
  which: Prisma.SessionWhereInput,
  userId: string = actor.userId,
): Promise<number> {
  const where = { ...which, userId };
  const playgrounds = await tx.accessToken.findMany({
    where: { session: where },
    select: { deploymentId: true },
    distinct: ['deploymentId'],
  });
  const { count } = await tx.session.deleteMany({ where });
  if (count === 0) return 0;
  await writeAudit(tx, { actor, ownerId: userId }, { type: 'user.signed-out', sessions: count });
  await events.publish(tx, 'session', userId);
  for (const { deploymentId } of playgrounds) await events.publish(tx, 'access', deploymentId);
  return count;
}
