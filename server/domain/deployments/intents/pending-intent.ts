import type { Deployment } from '#prisma/generated/client/client.ts';

export type PendingIntent = 'STOP' | 'RESTART';

/**
 * What the owner asked for and no worker has carried out yet, where the status alone does not say it; null when there
 * is nothing of the kind. A start and a deletion are a status at once.
 */
export function pendingIntent(
  deployment: Pick<Deployment, 'desired' | 'status' | 'restartGeneration'>,
): PendingIntent | null {
  const { desired, status, restartGeneration } = deployment;
  if (desired === 'STOPPED') return status === 'STOPPED' ? null : 'STOP';
  return desired === 'RUNNING' && restartGeneration !== null && status !== 'FAILED' ? 'RESTART' : null;
}
