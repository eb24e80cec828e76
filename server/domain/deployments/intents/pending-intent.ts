import type { Deployment } from '#prisma/generated/client/client.ts';
import { isToRun } from '../status.ts';

export type PendingIntent = 'STOP' | 'RESTART';

/**
 * The intent of the owner that no worker has carried out yet and that the status does not show; null without one. A
 * start and a deletion show in the status at once.
 */
export function pendingIntent(
  deployment: Pick<Deployment, 'desired' | 'status' | 'restartGeneration'>,
): PendingIntent | null {
  const { desired, status, restartGeneration } = deployment;
  if (desired === 'STOPPED') return status === 'STOPPED' ? null : 'STOP';
  return isToRun(deployment) && restartGeneration !== null ? 'RESTART' : null;
}
