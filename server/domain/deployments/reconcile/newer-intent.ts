import type { Deployment } from '#prisma/generated/client/client.ts';
import type { ActDeps } from './step.ts';

/** Aborts its signal once the row has a newer generation than the step that works on it. `stop` ends the watching. */
export type NewerIntent = { signal: AbortSignal; stop(): void };

/**
 * For a step that may take minutes, such as the handshake with a server that does not answer: a person who stops or
 * starts the deployment in the meantime must not wait for its end. Messages may be lost: then the step's own limit ends it.
 */
export function watchNewerIntent(
  { database, events }: Pick<ActDeps, 'database' | 'events'>,
  { id, generation }: Pick<Deployment, 'id' | 'generation'>,
): NewerIntent {
  const superseded = new AbortController();
  const look = (): void => {
    database.prisma.deployment.findUnique({ where: { id }, select: { generation: true } }).then(
      (row) => {
        if (row?.generation !== generation) superseded.abort();
      },
      () => {}, // the database is not reachable: the next message, or the limit of the step
    );
  };
  const stop = events.on('work', id, look);
  look(); // an intent between the step's first read and now
  return { signal: superseded.signal, stop };
}
