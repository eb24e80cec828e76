import type { PrismaClient } from '#prisma/client.ts';
import type { Timers } from '#server/domain/timers.ts';
import { repeat } from './repeat.ts';

export type AppSweepDeps = {
  prisma: PrismaClient;
  /** Resolves to true when nothing of the app is left to look after. */
  deleteAppOf: (ownerId: string, app: string, signal: AbortSignal) => Promise<boolean>;
  now: () => Date;
  timers: Timers;
  log: { info(fields: object, message: string): void; error(fields: object, message: string): void };
};

const SWEEP_INTERVAL_MS = 10 * 60_000;
/** Slow on purpose: Fly limits deletions of apps, and a mistake must not reach far before somebody notices it. */
const APPS_PER_SWEEP = 3;
/** Not every part of Fly knows a new app: its 404 would be taken for a finished deletion. */
const APP_AGE_MS_MIN = 10 * 60_000;

/** Deletes, a few at a time, the apps of owners who left, with the addresses that cost money. */
export const startAppSweep = (deps: AppSweepDeps): { close(): Promise<void> } =>
  repeat({
    timers: deps.timers,
    intervalMs: SWEEP_INTERVAL_MS,
    run: (signal) => sweepAppsOfDeparted(deps, signal),
    onError: (error) => deps.log.error({ err: error }, 'The apps of owners who left could not be looked for.'),
  });

/** One pass. An owner has left when the row of the user is gone, which comes after that of the last machine. */
export async function sweepAppsOfDeparted(
  { prisma, deleteAppOf, now, log }: Omit<AppSweepDeps, 'timers'>,
  signal: AbortSignal,
): Promise<void> {
  const oldEnough = new Date(now().getTime() - APP_AGE_MS_MIN);
  const departed = await prisma.$queryRaw<{ app: string; ownerId: string }[]>`
    SELECT a."app", a."ownerId" FROM "MachineApp" a
    WHERE NOT EXISTS (SELECT 1 FROM "User" u WHERE u."id" = a."ownerId")
      AND NOT EXISTS (SELECT 1 FROM "Machine" m WHERE m."app" = a."app")
      AND a."createdAt" < ${oldEnough}
    ORDER BY random() LIMIT ${APPS_PER_SWEEP}`;
  for (const { app, ownerId } of departed) {
    try {
      if (!(await deleteAppOf(ownerId, app, signal))) continue;
      await prisma.machineApp.deleteMany({ where: { app, ownerId } });
      log.info({ app }, 'The app of an owner who left is gone.');
    } catch (error) {
      signal.throwIfAborted();
      log.error({ err: error, app }, 'The app of an owner who left could not be deleted.'); // the next pass tries again
    }
  }
}
