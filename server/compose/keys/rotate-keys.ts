import type { Database } from '#prisma/client.ts';
import type { Actor } from '#server/domain/actor.ts';
import { writeAudit } from '#server/domain/audit/audit.ts';
import type { Envelopes } from '#server/domain/credentials/envelope.ts';
import type { createKeyRing } from '#server/domain/credentials/key-ring.ts';
import { countEnvelopes, rotateEnvelopes } from '#server/domain/credentials/rotate.ts';
import type { Env } from '../../env.ts';
import { prepareRotation } from './secrets.ts';

export type Rotation = {
  /** The key that everything is sealed with now. */
  kid: string;
  /** The number of envelopes that were sealed again. */
  envelopes: number;
};

type Deps = {
  env: Pick<Env, 'ENCRYPTION_KEY'>;
  dataDir: string;
  database: Pick<Database, 'kind' | 'prisma' | 'transaction'>;
  keys: ReturnType<typeof createKeyRing>;
  envelopes: Envelopes;
  ownerId: string;
};

/**
 * Seals everything again with the first key of the ring. A server that keeps its own key in the data folder generates a new
 * one first and drops the old one afterwards; with ENCRYPTION_KEY, the operator puts it first. Concurrent runs are safe.
 */
export async function rotateKeys(deps: Deps, actor: Actor | 'system', signal?: AbortSignal): Promise<Rotation> {
  const { database, keys, envelopes, ownerId } = deps;
  // several servers on one database do not share a data folder: a key of one would be unknown to the others
  const prepared = database.kind === 'pglite' ? await prepareRotation(deps.env, deps.dataDir) : null;
  if (prepared) keys.replace(prepared.encryptionKey.reveal());
  const { kid } = keys.current;
  const count = await rotateEnvelopes(database, envelopes, kid, signal);
  await database.transaction((tx) =>
    writeAudit(tx, { actor, ownerId }, { type: 'keys.rotated', kid, envelopes: count }),
  );
  if (prepared && [...(await countEnvelopes(database)).keys()].every((used) => used === kid)) {
    keys.replace((await prepared.finish()).reveal());
  }
  return { kid, envelopes: count };
}
