import { setTimeout as delay } from 'node:timers/promises';
import { inspect } from 'node:util';
import type { PrismaClient } from '#prisma/client.ts';

/** Real time, for a state that never comes: a deletion may wait for hanging calls on a busy computer. */
const WAIT_MS_MAX = 90_000;
const POLL_MS = 15;

/** Reads rows of deployments, and waits until they are as wanted. `errors` are named where that does not happen. */
export function createRowWaits(prisma: PrismaClient, errors: readonly unknown[]) {
  const read = (id: string) =>
    prisma.deployment.findUnique({
      where: { id },
      include: { currentRelease: true, machines: true, events: { orderBy: { id: 'asc' } } },
    });
  type Row = NonNullable<Awaited<ReturnType<typeof read>>>;

  /** Polls until the deployment satisfies the condition; null when it is gone. */
  const until = async <T extends Row | null>(
    id: string,
    condition: (row: Row | null) => row is T,
    limitMs = WAIT_MS_MAX,
  ): Promise<T> => {
    const deadline = Date.now() + limitMs;
    for (;;) {
      const row = await read(id);
      if (condition(row)) return row;
      if (Date.now() > deadline) {
        throw new Error(`It did not happen in time: ${inspect(row, { depth: 3 })} ${inspect(errors)}`);
      }
      await delay(POLL_MS);
    }
  };

  return {
    read,
    until,
    /** The row as soon as the condition holds. */
    when: (id: string, condition: (row: Row) => boolean, limitMs?: number): Promise<Row> =>
      until(id, (row): row is Row => row !== null && condition(row), limitMs),
    whenGone: (id: string): Promise<null> => until(id, (row): row is null => row === null),
  };
}
