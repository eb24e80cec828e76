import { hash } from 'node:crypto';
import type { BetterAuthOptions } from 'better-auth';
import { prismaAdapter } from 'better-auth/adapters/prisma';
import { APIError } from 'better-auth/api';
import type { DBAdapter, Where } from 'better-auth/types';
import type { PrismaClient, Transaction } from '#prisma/client.ts';
import type { Actor } from '#server/domain/actor.ts';
import { writeAudit } from '#server/domain/audit/audit.ts';

export type AuthStoreDeps = {
  prisma: PrismaClient;
  transaction: <T>(work: (tx: Transaction) => Promise<T>) => Promise<T>;
};

/**
 * The fields that better-auth reads and writes while it makes an account or a session; the rest of a row is its own
 * affair.
 */
type Row = { token?: unknown; userId?: unknown; ipAddress?: unknown; method?: unknown; id?: unknown };

const hashOf = (token: string): string => hash('sha256', token);

/**
 * The rows of better-auth, with two differences. Of a session's token only the hash is kept, so that a copy of the
 * database signs no one in; to better-auth, which compares and prints tokens, each row looks as if it held its own. And
 * the creation of an account or a session is audited in its transaction, and refused to a locked user.
 */
export function createAuthStore({ prisma, transaction }: AuthStoreDeps) {
  return (options: BetterAuthOptions): DBAdapter => {
    const over = (db: PrismaClient | Transaction) =>
      // the adapter asks only for models, which a transaction has too
      prismaAdapter(db as PrismaClient, { provider: 'postgresql' })(options);
    const rows = over(prisma);

    const hashed = <Query extends { model: string; where?: Where[] | undefined }>(query: Query): Query =>
      query.model === 'session' && query.where ? { ...query, where: query.where.map(hashedTerm) } : query;

    const store: DBAdapter = {
      ...rows,
      create: async <T extends Record<string, unknown>, R = T>(query: CreateQuery<T>): Promise<R> => {
        if (query.model !== 'session' && query.model !== 'user') return rows.create<T, R>(query);
        const { token } = query.data as Row;
        const data = typeof token === 'string' ? { ...query.data, token: hashOf(token) } : query.data;
        return transaction(async (tx) => {
          if (query.model === 'session') await admit(tx, String((query.data as Row).userId));
          const row = await over(tx).create<T, R>({ ...query, data: data as Omit<T, 'id'> }); // one value replaced
          await audit(tx, query.model, row as Row);
          return typeof token === 'string' ? { ...row, token } : row;
        });
      },
      findOne: async <T>(query: FindOneQuery): Promise<T | null> => {
        const found = await rows.findOne<T>(hashed(query));
        const token = query.model === 'session' ? plainToken(query.where) : null;
        return found && token !== null ? { ...found, token } : found;
      },
      findMany: (query) => rows.findMany(hashed(query)),
      count: (query) => rows.count(hashed(query)),
      update: async <T>(query: { model: string; where: Where[]; update: Record<string, unknown> }) => {
        const row = await rows.update<T>(hashed(query));
        const token = query.model === 'session' ? plainToken(query.where) : null;
        return row && token !== null ? { ...row, token } : row;
      },
      updateMany: (query) => rows.updateMany(hashed(query)),
      delete: (query) => rows.delete(hashed(query)),
      deleteMany: (query) => rows.deleteMany(hashed(query)),
      consumeOne: (query) => rows.consumeOne(hashed(query)),
      incrementOne: (query) => rows.incrementOne(hashed(query)),
      // one after the other: a password is hashed in there, for which the embedded database cannot wait
      transaction: (work) => work(store),
    };
    return store;
  };
}

type CreateQuery<T> = {
  model: string;
  data: Omit<T, 'id'>;
  select?: string[] | undefined;
  forceAllowId?: boolean | undefined;
};
type FindOneQuery = Parameters<DBAdapter['findOne']>[0];

const hashedTerm = (term: Where): Where => {
  if (term.field !== 'token') return term;
  if (typeof term.value === 'string') return { ...term, value: hashOf(term.value) };
  return Array.isArray(term.value) ? { ...term, value: term.value.map((value) => hashOf(String(value))) } : term;
};

const plainToken = (where: Where[]): string | null => {
  const value = where.find(({ field }) => field === 'token')?.value;
  return typeof value === 'string' ? value : null;
};

/**
 * Notes a sign-in, and refuses it to a locked user. One statement decides, with the lock of the row: a user who is
 * locked at the same time gets no session afterwards.
 */
async function admit(tx: Transaction, userId: string): Promise<void> {
  const { count } = await tx.user.updateMany({
    where: { id: userId, lockedAt: null },
    data: { lastSignedInAt: new Date() },
  });
  if (count > 0) return;
  throw new APIError('FORBIDDEN', { code: 'account_locked', message: 'This account is locked.' });
}

async function audit(tx: Transaction, model: string, row: Row): Promise<void> {
  const userId = String(model === 'user' ? row.id : row.userId);
  const ip = typeof row.ipAddress === 'string' && row.ipAddress !== '' ? row.ipAddress : null;
  const actor: Actor = { userId, role: 'MEMBER', scope: 'WRITE', via: 'session', ip };
  const method = typeof row.method === 'string' ? row.method : 'unknown';
  await writeAudit(
    tx,
    { actor, ownerId: userId },
    model === 'user' ? { type: 'user.created' } : { type: 'user.signed-in', method },
  );
}
