import { ApolloLink } from '@apollo/client';
import { OperationTypeNode } from 'graphql';
import { type Observable, of, switchMap } from 'rxjs';

type Deployment = { id: string; updatedAt: string };

/** How often an answer is asked for again. Clocks of several servers can differ: then the last answer counts. */
const ATTEMPTS_MAX = 2;

/**
 * A query's answer and the subscription's events travel over different connections: rows that were read before a
 * change can arrive after it, and nothing would ever correct them. Such an answer is asked for again. Subscriptions
 * need no such care: each change makes every one of them read again.
 *
 * @param knownAt when the deployment last changed, as far as the cache knows: an ISO 8601 time, or null
 */
export const createFreshLink = (knownAt: (id: string) => string | null): ApolloLink =>
  new ApolloLink((operation, forward) => {
    if (operation.operationType !== OperationTypeNode.QUERY) return forward(operation);
    const isStale = ({ data }: ApolloLink.Result) =>
      deploymentsIn(data).some(({ id, updatedAt }) => updatedAt < (knownAt(id) ?? ''));
    const ask = (attemptsLeft: number): Observable<ApolloLink.Result> =>
      forward(operation).pipe(
        switchMap((answer) => (attemptsLeft > 0 && isStale(answer) ? ask(attemptsLeft - 1) : of(answer))),
      );
    return ask(ATTEMPTS_MAX);
  });

/** Every deployment in an answer that says when it last changed. */
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
