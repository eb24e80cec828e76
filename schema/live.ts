import { GraphQLError } from 'graphql';
import type { Events, Topic } from '#server/domain/events.ts';
import type { GraphqlContext } from './context.ts';

/**
 * A subscription's stream. A generator that waits cannot be returned from until its wait is over, so leaving aborts
 * the signal first: the wait ends, and with it the generator's listeners.
 */
export function stream<T>(start: (signal: AbortSignal) => AsyncGenerator<T>): AsyncIterableIterator<T> {
  const controller = new AbortController();
  const inner = start(controller.signal);
  return {
    next: () => inner.next(),
    return: () => {
      controller.abort();
      return inner.return(undefined);
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

/** Sessions end and tokens are revoked while a subscription is open; it ends with them. */
async function requireStillSignedIn(context: Pick<GraphqlContext, 'isStillSignedIn'>): Promise<void> {
  if (await context.isStillSignedIn()) return;
  throw new GraphQLError('You are signed out.', { extensions: { code: 'UNAUTHENTICATED', hint: 'Sign in again.' } });
}

/** The result of one read, and if it is the last one. */
export type Look<T> = { values: T[]; done: boolean };

type LiveOptions<T> = {
  events: Pick<Events, 'subscribe'>;
  topic: Topic;
  id: string;
  signal: AbortSignal;
  context: Pick<GraphqlContext, 'isStillSignedIn'>;
  /** Reads what is new, with the owner in its `where`. */
  look: () => Promise<Look<T>>;
};

/** Reads at once and again after each event of the topic, each time after authorizing the caller. */
export async function* live<T>(options: LiveOptions<T>): AsyncGenerator<T> {
  const ended = new AbortController();
  const signal = AbortSignal.any([options.signal, ended.signal]);
  // Heard from here on: a change during a look is looked at next.
  const wakes = options.events.subscribe(options.topic, options.id, signal)[Symbol.asyncIterator]();
  try {
    for (;;) {
      await requireStillSignedIn(options.context);
      const { values, done } = await options.look();
      yield* values;
      if (done || (await wakes.next()).done) return;
    }
  } finally {
    ended.abort();
  }
}

const CHECK_INTERVAL_MS = 15_000;

/** Passes a stream on while its reader is still signed in; for streams too busy to ask at every value. */
export async function* whileSignedIn<T>(
  values: AsyncIterable<T>,
  context: Pick<GraphqlContext, 'isStillSignedIn'>,
): AsyncGenerator<T> {
  let checkedAt = Date.now();
  for await (const value of values) {
    if (Date.now() - checkedAt > CHECK_INTERVAL_MS) {
      await requireStillSignedIn(context);
      checkedAt = Date.now();
    }
    yield value;
  }
}
