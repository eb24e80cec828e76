import type { HostIsolation } from '../../contract.ts';
import { workspaceOwnerOf } from '../../workspaces/owner.ts';
import type { ChildPool } from '../child-pool.ts';
import { CapacityError } from '../failed-call.ts';
import { sharedOwnerOf, shareKeyOf, termsOf } from '../share-key.ts';
import { NEWEST_LEGACY_VERSION } from '../versions.ts';
import type { Account } from './accounts.ts';
import { ModernContext } from './context.ts';

const CONTEXTS_MAX = 1_000;

export type Contexts = {
  of(principal: string, account: Account): ModernContext;
  readonly all: ReadonlyMap<string, ModernContext>;
  forgetIdle(before: number): void;
};

/**
 * The sessions that modern clients have at legacy children: one for each principal and what its client is and can do,
 * since a child learns that only once. `SHARED` isolation has one for all principals with the same client.
 */
export const createContexts = (deps: { pool: ChildPool; isolation: HostIsolation; clock: () => number }): Contexts => {
  const contexts = new Map<string, ModernContext>();

  const forget = (key: string, context: ModernContext) => {
    contexts.delete(key);
    context.ended = true;
    deps.pool.release(context);
  };

  const makeRoom = () => {
    if (contexts.size < CONTEXTS_MAX) return;
    let oldest: [string, ModernContext] | null = null;
    for (const entry of contexts)
      if (!entry[1].busy && (oldest === null || entry[1].lastUsed < oldest[1].lastUsed)) oldest = entry;
    if (!oldest) throw new CapacityError('This machine serves too many kinds of clients. Try again in a moment.');
    forget(...oldest);
  };

  const contextOf = (principal: string, owner: string, { initialize, capabilities }: Account): ModernContext => {
    const key = `${owner}\0${initialize}`;
    const known = contexts.get(key);
    if (known) return known;
    makeRoom();
    const client = { principal, protocolVersion: NEWEST_LEGACY_VERSION, capabilities };
    const context = new ModernContext({
      id: '',
      principal: owner,
      initialize,
      protocolVersion: NEWEST_LEGACY_VERSION,
      // A child of its own for each kind of client, as a session with these capabilities has.
      shareKey: deps.isolation === 'SHARED' ? shareKeyOf('SHARED', client) : `translated\0${key}`,
      modernShareKey: null,
      terms: termsOf(client),
      workspaceOwner: workspaceOwnerOf(deps.isolation, { principal, sessionId: null }),
      clock: deps.clock,
      dialect: 'plain',
    });
    contexts.set(key, context);
    return context;
  };

  return {
    all: contexts,
    of(principal, account) {
      const owner = deps.isolation === 'SHARED' ? sharedOwnerOf(principal) : principal;
      const context = contextOf(principal, owner, account);
      context.lastUsed = deps.clock();
      return context;
    },
    forgetIdle(before) {
      for (const [key, context] of contexts) if (!context.busy && context.lastUsed <= before) forget(key, context);
    },
  };
};
