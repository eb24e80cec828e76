import { notFound } from '#server/domain/errors.ts';
import { reachable } from '#server/domain/reach.ts';
import type { GraphqlContext } from '../context.ts';
import { live, whileSignedIn } from '../live.ts';

export type OwnerStream<T> = {
  context: Pick<GraphqlContext, 'prisma' | 'events' | 'isStillSignedIn'>;
  userId: string;
  deploymentId: string;
  signal: AbortSignal;
  /** The values, until the signal. */
  follow: (signal: AbortSignal) => AsyncIterable<T>;
};

/** Passes values of a deployment on, until it is deleted, or the reader is signed out or may no longer operate it. */
export async function* ownerStream<T>(options: OwnerStream<T>): AsyncGenerator<T> {
  const { context, userId, deploymentId, signal, follow } = options;
  const where = { id: deploymentId, ...reachable(userId, 'OPERATE') };
  const isThere = async () => (await context.prisma.deployment.count({ where })) > 0;
  if (!(await isThere())) throw notFound('The deployment');

  const ended = new AbortController();
  const until = AbortSignal.any([signal, ended.signal]);
  const look = async () => ({ values: [], done: !(await isThere()) });
  const changes = live({ events: context.events, topic: 'deployment', id: deploymentId, signal: until, context, look });
  const watched = (async () => {
    for await (const _ of changes); // only its end matters: the deployment is gone, or its reader may no longer read
  })().finally(() => ended.abort());
  watched.catch(() => {}); // awaited below

  try {
    yield* whileSignedIn(follow(until), context);
    await watched;
  } finally {
    ended.abort();
  }
}
