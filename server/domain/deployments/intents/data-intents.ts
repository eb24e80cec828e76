import type { Readable } from 'node:stream';
import { KEPT_BYTES_MAX } from '#deploy/host/contract.ts';
import type { KeptData } from '#deploy/kept-data.ts';
import type { Transaction } from '#prisma/client.ts';
import type { Deployment } from '#prisma/generated/client/client.ts';
import type { Actor } from '#server/domain/actor.ts';
import { auditDeployment } from '#server/domain/audit/audit.ts';
import { UserError } from '#server/domain/errors.ts';
import { requireRole } from '#server/domain/reach.ts';
import { lockDeployment } from './intent.ts';
import type { IntentDeps } from './intent-deps.ts';

/** The files that a deployment keeps over restarts and releases. */
export type DataService = {
  /** Null where machines keep nothing. */
  measure(deployment: { id: string; ownerId: string }): Promise<{ bytes: number; limitBytes: number } | null>;
  /** Removes everything that the deployment keeps. It must be stopped. */
  clear(actor: Actor, id: string): Promise<void>;
  /** Replaces what a deployment keeps by a copy of what another deployment of the same owner keeps. Both must be stopped. */
  copy(actor: Actor, input: { fromId: string; toId: string }): Promise<void>;
  /** Everything that a deployment keeps, as an archive (tar, gzip). It must be stopped when that begins. */
  download(actor: Actor, id: string): Promise<Readable>;
};

type DataDeps = Pick<IntentDeps, 'database'> & {
  /** Null where the machines of an owner keep nothing. */
  keptFilesOf(ownerId: string): Promise<KeptData | null>;
};

const inUse = () =>
  new UserError('CONFLICT', 'The server may be using its files now.', {
    kind: 'conflict',
    hint: 'Stop the deployment, wait until it is stopped, and try again.',
  });

/** Its files must not change under a running server, and a start waits for the lock of the row. */
const requireStopped = async (tx: Transaction, { id, desired }: Deployment): Promise<void> => {
  // A stopped deployment keeps its machine, on which nothing runs until a start.
  const mayRun = await tx.machine.count({
    where: { deploymentId: id, OR: [{ state: null }, { state: { notIn: ['stopped', 'destroyed'] } }] },
  });
  if (desired !== 'STOPPED' || mayRun > 0) throw inUse();
};

/**
 * Locks stopped deployments of the caller, and returns their generations, which every start raises. In the order of their
 * ids, as every transaction does that locks several: a copy and one the other way round would wait for each other.
 */
const lockStopped = async (tx: Transaction, actor: Actor, ids: readonly string[]): Promise<string> => {
  const generations: number[] = [];
  for (const id of [...ids].sort()) {
    const deployment = await lockDeployment(tx, actor, id, 'OWN');
    await requireStopped(tx, deployment);
    generations.push(deployment.generation);
  }
  return generations.join();
};

const REFUSALS = {
  busy: () =>
    new UserError('CONFLICT', 'The files are being copied or downloaded already.', {
      kind: 'conflict',
      retryable: true,
      hint: 'Wait until that has ended.',
    }),
  'no room': () =>
    new UserError('CONFLICT', 'There is no room on the disk for a copy of the files.', {
      kind: 'conflict',
      hint: 'A copy may take half of the free space: clear what is not needed.',
    }),
};

export function createDataService({ database, keptFilesOf }: DataDeps): DataService {
  /**
   * Copies files while no transaction is open: that may take long, and the embedded database has one connection. The copy
   * counts only if its deployments were stopped all the time: a running server could make a link lead anywhere under it.
   */
  const whileStopped = async <Copy extends object>(
    actor: Actor,
    ids: readonly string[],
    copy: () => Promise<Copy | keyof typeof REFUSALS>,
    use: (tx: Transaction, copied: Copy) => Promise<void>,
    discard: (copied: Copy) => unknown,
  ): Promise<Copy> => {
    const before = await database.transaction((tx) => lockStopped(tx, actor, ids));
    const copied = await copy();
    if (typeof copied === 'string') throw REFUSALS[copied]();
    try {
      await database.transaction(async (tx) => {
        if ((await lockStopped(tx, actor, ids)) !== before) throw inUse();
        await use(tx, copied);
      });
      return copied;
    } catch (error) {
      await discard(copied);
      throw error;
    }
  };
  const keptBy = async (actor: Actor, id: string): Promise<{ kept: KeptData; ownerId: string }> => {
    await requireRole(database.prisma, actor, id, 'OWN');
    const { ownerId } = await database.prisma.deployment.findUniqueOrThrow({
      where: { id },
      select: { ownerId: true },
    });
    const kept = await keptFilesOf(ownerId);
    if (kept !== null) return { kept, ownerId };
    throw new UserError('CONFLICT', 'Machines keep no files here.', { kind: 'conflict' });
  };
  return {
    measure: async ({ id, ownerId }) => {
      const kept = await keptFilesOf(ownerId);
      return kept === null ? null : { bytes: await kept.bytes(id), limitBytes: KEPT_BYTES_MAX };
    },
    clear: async (actor, id) => {
      const { kept, ownerId } = await keptBy(actor, id);
      const remove = await database.transaction(async (tx) => {
        await lockStopped(tx, actor, [id]);
        await auditDeployment(tx, actor, { id, ownerId }, { type: 'deployment.data-cleared' });
        return kept.setAside(id);
      });
      await remove();
    },
    copy: async (actor, { fromId, toId }) => {
      const { kept, ownerId } = await keptBy(actor, toId);
      if ((await keptBy(actor, fromId)).ownerId !== ownerId)
        throw new UserError('CONFLICT', 'The two deployments belong to different people.', { kind: 'conflict' });
      const copied = await whileStopped(
        actor,
        [fromId, toId],
        () => kept.prepareCopy(fromId, toId),
        async (tx, prepared) => {
          const entry = { type: 'deployment.data-copied', from: fromId } as const;
          await auditDeployment(tx, actor, { id: toId, ownerId }, entry);
          await prepared.replace();
        },
        (prepared) => prepared.discard(),
      );
      await copied.discard();
    },
    download: async (actor, id) => {
      const { kept, ownerId } = await keptBy(actor, id);
      return whileStopped(
        actor,
        [id],
        () => kept.archive(id),
        (tx) => auditDeployment(tx, actor, { id, ownerId }, { type: 'deployment.data-downloaded' }),
        (archive) => void archive.destroy(),
      );
    },
  };
}
