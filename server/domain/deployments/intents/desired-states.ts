import type { Deployment } from '#prisma/generated/client/client.ts';
import type { Intent } from './intent.ts';

/** Stops a deployment. A release on its way is given up; a start brings back the one that served. */
export const stop = ({ currentReleaseId }: Pick<Deployment, 'currentReleaseId'>): Intent => ({
  message: 'Stop was requested.',
  columns: {
    desired: 'STOPPED',
    restartGeneration: null,
    ...(currentReleaseId ? { targetReleaseId: currentReleaseId } : {}),
  },
});

export const deletion = (): Intent => ({
  message: 'Delete was requested.',
  columns: { desired: 'DELETED', status: 'DELETING', phase: null },
});
