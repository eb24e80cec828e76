import { GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { GraphqlContext } from '#schema/context.ts';
import { networkOf } from '#server/domain/network.ts';
import type { CredentialsIn, GraphqlServerContext } from './graphql-context.ts';
import type { Shares } from './shares.ts';
import type { SignedInConnections } from './signed-in-connections.ts';

/** GraphQL clients that stay connected, by WebSocket or server-sent events. */
export const CONNECTION_LIMITS = { perKeyMax: 100, totalMax: 10_000 };
/** A connection for each tab; more of them are a script that forgets to close. */
export const CONNECTIONS_PER_USER_MAX = 50;

export type OpenSubscriptionsDeps = {
  connections: SignedInConnections;
  /** Open connections by network, shared with the WebSockets. */
  openByNetwork: Shares;
  credentialsIn: CredentialsIn;
};

/**
 * Counts subscriptions over HTTP as sockets are counted, and ends them with the session or token that opened them. The
 * operation decides, not the formats that the request accepts. WebSockets are counted when they open.
 */
export const limitSubscriptions = ({ connections, openByNetwork, credentialsIn }: OpenSubscriptionsDeps): Plugin => ({
  onSubscribe: ({ args, setResultAndStopExecution }) => {
    // the context of an operation is the initial context and ours
    const context = args.contextValue as unknown as GraphqlServerContext & GraphqlContext;
    if (!('res' in context)) return;
    const { res, actor } = context;
    const credentials = credentialsIn(context);
    const refuse = () => {
      const extensions = { code: 'LIMIT_REACHED', hint: 'Close some of them.' };
      setResultAndStopExecution({ errors: [new GraphQLError('Too many open connections.', { extensions })] });
    };
    if (actor !== null && connections.count(actor.userId) >= CONNECTIONS_PER_USER_MAX) return refuse();
    const release = openByNetwork.take(networkOf(credentials.address));
    if (release === null) return refuse();
    res.once('close', release);
    if (actor !== null)
      res.once(
        'close',
        connections.watch(actor.userId, credentials, () => res.destroy()),
      );
  },
});
