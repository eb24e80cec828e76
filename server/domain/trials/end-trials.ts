import type { Transaction } from '#prisma/client.ts';
import type { AnalysisFailure } from '../analysis/result.ts';
import { storable } from '../storable.ts';

const ENDED: AnalysisFailure = {
  code: 'FORBIDDEN',
  message: 'The trial was ended, because its account was locked.',
  hint: 'Ask the administrator.',
  retryable: false,
};

/**
 * Ends the running trials of one owner, within the transaction that locks or deletes the owner. The process that runs a
 * trial notices it with the next renewal of the lease, and deletes the machine.
 */
export async function endTrialsOf(tx: Transaction, ownerId: string, now: Date): Promise<void> {
  await tx.trial.updateMany({
    where: { ownerId, status: 'RUNNING' },
    data: { status: 'FAILED', failure: storable(ENDED), finishedAt: now },
  });
}
