import { randomUUID } from 'node:crypto';
import type { PrismaClient } from '#prisma/client.ts';
import type { Events } from '#server/domain/events.ts';

const HEARD_MS_MAX = 2_000;

/**
 * Seconds from saying something on the event bus to hearing it, measured by saying it: through the database and back, as
 * every message goes. Null when it was not heard in time.
 */
export async function measureEventLag(events: Events, prisma: PrismaClient): Promise<number | null> {
  const id = randomUUID();
  const heard = Promise.withResolvers<number | null>();
  const startedAtMs = performance.now();
  const stop = events.on('echo', id, () => heard.resolve((performance.now() - startedAtMs) / 1_000));
  const late = setTimeout(() => heard.resolve(null), HEARD_MS_MAX);
  try {
    await events.publish(prisma, 'echo', id);
    return await heard.promise;
  } finally {
    clearTimeout(late);
    stop();
  }
}
