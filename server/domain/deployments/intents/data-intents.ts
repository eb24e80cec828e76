import type { Readable } from 'node:stream';
import { KEPT_BYTES_MAX } from '#deploy/host/contract.ts';
import type { Transaction } from '#prisma/client.ts';
import type { Deployment } from '#prisma/generated/client/client.ts';
import type { Actor } from '#server/domain/actor.ts';
import { writeAudit } from '#server/domain/audit/audit.ts';
import { UserError } from '#server/domain/errors.ts';
import type { KeptFiles } from '../kept-files.ts';
import { lockDeployment } from './intent.ts';
import type { IntentDeps } from './intent-deps.ts';

/** The files that a deployment keeps over restarts and releases. */
export type DataService = {
  /** Null where machines keep nothing. */
  measure(deployment: { id: string; ownerId: string }): Promise<{ bytes: number; limitBytes: number } | null>;
  /** Removes everything that the deployment keeps. It must be stopped. */
  clear(actor: Actor, id: string): Promise<void>;
  /** Replaces what a deployment keeps by a copy of what another deployment of the same owner keeps. It must be stopped. */
  copy(actor: Actor, input: { fromId: string; toId: string }): Promise<void>;
  /** Everything that a deployment keeps, as an archive (tar, gzip). It must be stopped when that begins. */
  download(actor: Actor, id: string): Promise<Readable>;
};

type DataDeps = Pick<IntentDeps, 'database'> & {
  /** Null where the machines of an owner keep nothing. */
  keptFilesOf(ownerId: string): Promise<KeptFiles | null>;
};

/** Its files must not change under a running server, and a start waits for the lock of the row. */
const requireStopped = async (tx: Transaction, { id, desired }: Deployment): Promise<void> => {
  // A stopped deployment keeps its machine, on which nothing runs until a start.
  const mayRun = await tx.machine.count({
    where: { deploymentId: id, OR: [{ state: null }, { state: { notIn: ['stopped', 'destroyed'] } }] },
  });
  if (desired === 'STOPPED' && mayRun === 0) return;
  throw new UserError('CONFLICT', 'The server may be using its files now.', {
    kind: 'conflict',
    hint: 'Stop the deployment, wait until it is stopped, and try again.',
  });
};

export function createDataService({ database, keptFilesOf }: DataDeps): DataService {
  const keptBy = async (ownerId: string): Promise<KeptFiles> => {
    const kept = await keptFilesOf(ownerId);
    if (kept !== null) return kept;
    throw new UserError('CONFLICT', 'Machines keep no files here.', { kind: 'conflict' });
  };
  return {
    measure: async ({ id, ownerId }) => {
      const kept = await keptFilesOf(ownerId);
      return kept === null ? null : { bytes: await kept.bytes(id), limitBytes: KEPT_BYTES_MAX };
    },
    clear: (actor, id) =>
      database.transaction(async (tx) => {
        await requireStopped(tx, await lockDeployment(tx, actor, id));
        await (await keptBy(actor.userId)).remove(id);
        await writeAudit(tx, { actor, ownerId: actor.userId }, { type: 'deployment.data-cleared' }, id);
      }),
    copy: (actor, { fromId, toId }) =>
      database.transaction(async (tx) => {
        const from = await lockDeployment(tx, actor, fromId);
        await requireStopped(tx, await lockDeployment(tx, actor, toId));
        await (await keptBy(actor.userId)).copy(from.id, toId);
        await writeAudit(tx, { actor, ownerId: actor.userId }, { type: 'deployment.data-copied', from: from.id }, toId);
      }),
    download: (actor, id) =>
      database.transaction(async (tx) => {
        await requireStopped(tx, await lockDeployment(tx, actor, id));
        const archive = await (await keptBy(actor.userId)).archive(id);
        if (archive === null)
          throw new UserError('CONFLICT', 'The files are being downloaded already.', {
            kind: 'conflict',
            retryable: true,
            hint: 'Wait until that download has ended.',
          });
        await writeAudit(tx, { actor, ownerId: actor.userId }, { type: 'deployment.data-downloaded' }, id);
        return archive;
      }),
  };
}
