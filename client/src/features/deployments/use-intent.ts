import type { TypedDocumentNode } from '@apollo/client';
import { useApolloClient, useMutation } from '@apollo/client/react';
import { payloadOf } from '../../apollo/payload.ts';
import type { UserProblem } from '../../apollo/problem.ts';
import { DeploymentAgeFragmentDoc as AgeFragment } from '../../generated/graphql.ts';
import { notifyProblem } from '../../ui/feedback/notify.ts';
import { INTENT_OF_DOCUMENT } from './intents.ts';
import { usePendingIntentStore } from './pending-intents.ts';

export type IntentData = { outcome: { __typename: 'Deployment' } | { __typename: string } };

export type RunIntent<Variables> = (variables: Variables) => Promise<UserProblem | null>;

/**
 * Runs one intent for a deployment. The intent shows at once, and the response updates the cache. It never throws:
 * null is success, and a problem shows as a toast unless `quiet` leaves it to the caller.
 */
export function useIntent<Data extends IntentData, Variables extends Record<string, unknown>>(
  document: TypedDocumentNode<Data, Variables>,
  options: { quiet?: boolean } = {},
): [RunIntent<Variables>, boolean] {
  const [mutate, { loading }] = useMutation<IntentData, Record<string, unknown>>(
    // The document's own variables are checked where `run` is called.
    document as unknown as TypedDocumentNode<IntentData, Record<string, unknown>>,
  );
  const track = useTrackIntent();
  const run: RunIntent<Variables> = async (variables) => {
    const problem = await track(document, variables['id'], () => problemOf(() => mutate({ variables })));
    if (problem && !options.quiet) notifyProblem(problem);
    return problem;
  };
  return [run, loading];
}

/** Shows the intent of a mutation as pending while the mutation runs. */
export function useTrackIntent() {
  const { cache } = useApolloClient();
  const store = usePendingIntentStore();
  return async (document: unknown, id: unknown, send: () => Promise<UserProblem | null>) => {
    const intent = INTENT_OF_DOCUMENT.get(document);
    if (!intent || typeof id !== 'string') return send();
    const from = { __typename: 'Deployment', id } as const;
    const settle = store.begin(id, intent, cache.readFragment({ fragment: AgeFragment, from })?.updatedAt ?? null);
    const problem = await send();
    settle(problem === null);
    return problem;
  };
}

/** Runs a mutation and returns its problem; null is success. It never throws. */
export async function problemOf(mutate: () => Promise<{ data?: IntentData | undefined }>): Promise<UserProblem | null> {
  const { problem } = await payloadOf('Deployment', async () => (await mutate()).data?.outcome);
  return problem ?? null;
}
