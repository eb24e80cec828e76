import { computeScopeUnion, isStrictScopeSuperset } from '@modelcontextprotocol/client';
import type { RemoteConnection } from '#prisma/generated/client/client.ts';
import { forgetOldest } from '#server/domain/forget-oldest.ts';
import { openConnection } from './connection.ts';
import { claimRenewal, type RenewalDeps, renewClaimed } from './renewal.ts';
import { isDue } from './tokens.ts';

const KEPT_MS = 5 * 60_000;
const KEPT_MAX = 1_000;
/** A token that was refused so soon after it was issued is not renewed: the next one would be refused too. */
const FRESH_MS = 30_000;
/** Another instance renews the tokens: how long at most until the row is read again without a message. */
const WAIT_MS_MAX = 2_000;
/** After a renewal that failed, calls fail at once for so long, and do not each try it again. */
const FAILED_MS = 5_000;

/** The owner has to sign in again; the message says where. */
export class SignInEndedError extends Error {}

/** The access tokens of remote servers. Each instance keeps those in use in memory. */
export type RemoteAccessTokens = {
  /**
   * The token to send to the server at `url`; null where nobody signed in. Renews one that is about to end.
   * @throws SignInEndedError, and UserError while the authorization server does not answer.
   */
  find(deploymentId: string, url: string): Promise<string | null>;
  /** Another token after one was refused; null if there is none. @throws like `find` */
  replace(deploymentId: string, url: string, refused: string): Promise<string | null>;
  /** Notes scopes that a call needs (RFC 6750, section 3.1). Returns all that the next sign-in requests. */
  want(deploymentId: string, scope: string): Promise<string | null>;
  /** Why the owner has to sign in again; null while the tokens work or nobody signed in. */
  findProblem(deploymentId: string): Promise<string | null>;
  close(): void;
};

type Kept = { row: RemoteConnection; accessToken: string; url: string } | null;

export function createRemoteAccessTokens(deps: RenewalDeps): RemoteAccessTokens {
  const { database, envelopes, events, now } = deps;
  const { prisma } = database;
  const kept = new Map<string, { value: Promise<Kept>; untilMs: number }>();
  const renewals = new Map<string, Promise<void>>();
  const failures = new Map<string, { error: unknown; untilMs: number }>();

  const load = async (deploymentId: string): Promise<Kept> => {
    const row = await prisma.remoteConnection.findUnique({ where: { deploymentId } });
    if (!row) return null;
    const { accessToken, url } = await openConnection(envelopes, row);
    return { row, accessToken, url };
  };

  const read = (deploymentId: string): Promise<Kept> => {
    const nowMs = now().getTime();
    const known = kept.get(deploymentId);
    if (known && known.untilMs > nowMs) return known.value;
    const value = load(deploymentId);
    kept.delete(deploymentId);
    kept.set(deploymentId, { value, untilMs: nowMs + KEPT_MS });
    value.catch(() => {
      if (kept.get(deploymentId)?.value === value) kept.delete(deploymentId);
    });
    forgetOldest(kept, KEPT_MAX);
    return value;
  };
  const readAgain = (deploymentId: string): Promise<Kept> => {
    kept.delete(deploymentId);
    return read(deploymentId);
  };

  const stops = [
    events.on('remote', null, (deploymentId) => {
      kept.delete(deploymentId);
      failures.delete(deploymentId);
    }),
    events.onConnection((state) => state === 'up' && kept.clear()),
  ];

  /** Resolves with the next change of a connection, or when the time is over. */
  const nextChange = (deploymentId: string): Promise<void> =>
    new Promise((resolve) => {
      const finish = () => {
        clearTimeout(timer);
        stop();
        resolve();
      };
      const timer = setTimeout(finish, WAIT_MS_MAX).unref();
      const stop = events.on('remote', deploymentId, finish);
    });

  /** Renews the version that was seen, here or by waiting for the instance that does; one at a time for each deployment. */
  const renew = (deploymentId: string, version: number): Promise<void> => {
    const underWay = renewals.get(deploymentId);
    if (underWay) return underWay;
    const failed = failures.get(deploymentId);
    if (failed && failed.untilMs > now().getTime()) return Promise.reject(failed.error);
    const run = async () => {
      for (;;) {
        const change = nextChange(deploymentId); // before the row is read: a change in between is not missed
        const current = await readAgain(deploymentId);
        if (current === null || current.row.version !== version || current.row.problem !== null) return;
        if (await claimRenewal(deps, current.row)) return renewClaimed(deps, current.row);
        await change;
      }
    };
    const renewal = run()
      .catch((error: unknown) => {
        failures.set(deploymentId, { error, untilMs: now().getTime() + FAILED_MS });
        throw error;
      })
      .finally(() => {
        kept.delete(deploymentId);
        renewals.delete(deploymentId);
      });
    renewals.set(deploymentId, renewal);
    return renewal;
  };

  const tokenOf = (current: Kept, url: string): string | null => {
    if (current === null || current.url !== url) return null;
    if (current.row.problem !== null) throw new SignInEndedError(current.row.problem);
    return current.accessToken;
  };

  return {
    find: async (deploymentId, url) => {
      const current = await read(deploymentId);
      const token = tokenOf(current, url);
      if (current === null || token === null || !isDue(current.row, now())) return token;
      try {
        await renew(deploymentId, current.row.version);
      } catch (error) {
        // The authorization server does not answer: the old token works to its end.
        if (current.row.expiresAt !== null && current.row.expiresAt > now()) return token;
        throw error;
      }
      return tokenOf(await read(deploymentId), url);
    },
    replace: async (deploymentId, url, refused) => {
      const current = await readAgain(deploymentId);
      const token = tokenOf(current, url);
      if (current === null || token === null || token !== refused) return token;
      if (now().getTime() - current.row.renewedAt.getTime() < FRESH_MS) return null;
      await renew(deploymentId, current.row.version);
      const next = tokenOf(await read(deploymentId), url);
      return next === refused ? null : next;
    },
    want: async (deploymentId, scope) => {
      const row = await prisma.remoteConnection.findUnique({ where: { deploymentId } });
      if (!row) return null;
      const wanted = computeScopeUnion(row.wantedScope ?? row.scope ?? undefined, scope)?.slice(0, 2_000) ?? null;
      if (wanted === null || !isStrictScopeSuperset(wanted, row.wantedScope ?? undefined)) return row.wantedScope;
      await database.transaction(async (tx) => {
        const where = { deploymentId, version: row.version };
        await tx.remoteConnection.updateMany({ where, data: { wantedScope: wanted } });
        await events.publish(tx, 'deployment', deploymentId);
      });
      return wanted;
    },
    findProblem: async (deploymentId) => (await read(deploymentId))?.row.problem ?? null,
    close: () => {
      for (const stop of stops) stop();
    },
  };
}
