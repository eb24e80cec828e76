import { notFound } from '#server/domain/errors.ts';
import type { GraphqlContext } from '../context.ts';
import { live, whileSignedIn } from '../live.ts';

export type OwnerStream<T> = {
  context: Pick<GraphqlContext, 'prisma' | 'events' | 'isStillSignedIn'>;
  ownerId: string;
  deploymentId: string;
  signal: AbortSignal;
  /** The values, until the signal. */
  follow: (signal: AbortSignal) => AsyncIterable<T>;
};

/** Passes values of an owner's deployment on, until it is deleted or the reader is signed out. */
export async function* ownerStream<T>(options: OwnerStream<T>): AsyncGenerator<T> {
  const { context, ownerId, deploymentId, signal, follow } = options;
  const isThere = async () => (await context.prisma.deployment.count({ where: { id: deploymentId, ownerId } })) > 0;
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
