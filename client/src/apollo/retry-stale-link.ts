import { ApolloLink } from '@apollo/client';
import { OperationTypeNode } from 'graphql';
import { type Observable, of, switchMap } from 'rxjs';

type Deployment = { id: string; updatedAt: string };

/** Repeats of one query. Clocks of several servers can differ: then the last result counts. */
const RETRIES_MAX = 2;

/**
 * Repeats a query whose result is older than the cache. Query results and subscription events travel over different
 * connections: rows that were read before a change can arrive after its event, and nothing would ever correct them.
 * Subscriptions need no such care: each change makes every one of them read again.
 *
 * @param knownAt when the deployment last changed, as far as the cache knows: an ISO 8601 time, or null
 */
export const createRetryStaleLink = (knownAt: (id: string) => string | null): ApolloLink =>
  new ApolloLink((operation, forward) => {
    if (operation.operationType !== OperationTypeNode.QUERY) return forward(operation);
    const isStale = ({ data }: ApolloLink.Result) =>
      deploymentsIn(data).some(({ id, updatedAt }) => updatedAt < (knownAt(id) ?? ''));
    const send = (retriesLeft: number): Observable<ApolloLink.Result> =>
      forward(operation).pipe(
        switchMap((result) => (retriesLeft > 0 && isStale(result) ? send(retriesLeft - 1) : of(result))),
      );
    return send(RETRIES_MAX);
  });

/** Finds every deployment in a result that includes when it last changed. */
function deploymentsIn(value: unknown): Deployment[] {
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return value.flatMap(deploymentsIn);
  const found = Object.values(value).flatMap(deploymentsIn);
  return isDeployment(value) ? [value, ...found] : found;
}

const isDeployment = (value: object): value is Deployment =>
  '__typename' in value &&
  value.__typename === 'Deployment' &&
  'id' in value &&
  typeof value.id === 'string' &&
  'updatedAt' in value &&
  typeof value.updatedAt === 'string';
