import { notFound } from '#server/domain/errors.ts';
import type { LogLine } from '#server/domain/logs/feed.ts';
import type { GraphqlContext } from '../context.ts';
import { live, whileSignedIn } from '../live.ts';

type Options = {
  context: Pick<GraphqlContext, 'prisma' | 'events' | 'isStillSignedIn' | 'services'>;
  ownerId: string;
  deploymentId: string;
  tail: number;
  signal: AbortSignal;
};

/** The log of an owner's deployment, until it is deleted or the reader is signed out. */
export async function* streamLogs({ context, ownerId, deploymentId, tail, signal }: Options): AsyncGenerator<LogLine> {
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
    yield* whileSignedIn(context.services.logs.follow(deploymentId, tail, until), context);
    await watched;
  } finally {
    ended.abort();
  }
}
