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
  /** How many were sealed anew. */
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
 * Seals everything anew with the first key of the ring. Of a server that keeps its own key in the data folder that is a
 * fresh one, and the old one is dropped afterwards; whoever set ENCRYPTION_KEY has put it there. Runs at once are fine.
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
