import type { TypedDocumentNode } from '@apollo/client';
import { useApolloClient, useMutation } from '@apollo/client/react';
import { notifications } from '@mantine/notifications';
import { requestProblem, type UserProblem } from '../../apollo/problem.ts';
import { DeploymentAgeFragmentDoc as AgeFragment } from '../../generated/graphql.ts';
import { type FragmentType, readFragment } from '../../generated/index.ts';
import { useAskedStore } from './asked.ts';
import { ASKED_BY, IntentErrorFragment } from './intents.ts';

export type IntentData = {
  outcome: { __typename: 'Deployment' } | ({ __typename: string } & FragmentType<typeof IntentErrorFragment>);
};

export type RunIntent<Variables> = (variables: Variables) => Promise<UserProblem | null>;

/**
 * One intent about a deployment. What was asked shows at once, and the answer feeds the cache. It never
 * throws: null is success, a problem is shown by the caller, or as a notification when `quiet` is not set.
 */
export function useIntent<Data extends IntentData, Variables extends Record<string, unknown>>(
  document: TypedDocumentNode<Data, Variables>,
  options: { quiet?: boolean } = {},
): [RunIntent<Variables>, boolean] {
  const [mutate, { loading }] = useMutation<IntentData, Record<string, unknown>>(
    // The document's own variables are checked where `run` is called.
    document as unknown as TypedDocumentNode<IntentData, Record<string, unknown>>,
  );
  const showAsked = useShowAsked();
  const run: RunIntent<Variables> = async (variables) => {
    const problem = await showAsked(document, variables['id'], () => attempt(() => mutate({ variables })));
    if (problem && !options.quiet) {
      notifications.show({ color: 'red', title: problem.message, message: problem.hint ?? '' });
    }
    return problem;
  };
  return [run, loading];
}

/** Runs what asks something of a deployment; meanwhile its status shows what was asked. */
export function useShowAsked() {
  const { cache } = useApolloClient();
  const store = useAskedStore();
  return async (document: unknown, id: unknown, ask: () => Promise<UserProblem | null>) => {
    const what = ASKED_BY.get(document);
    if (!what || typeof id !== 'string') return ask();
    const from = { __typename: 'Deployment', id } as const;
    const settle = store.begin(id, what, cache.readFragment({ fragment: AgeFragment, from })?.updatedAt ?? null);
    const problem = await ask();
    settle(problem === null);
    return problem;
  };
}

/** Runs a mutation; it never throws. Null is success. */
export async function attempt(mutate: () => Promise<{ data?: IntentData | undefined }>): Promise<UserProblem | null> {
  try {
    const outcome = (await mutate()).data?.outcome;
    if (!outcome) return requestProblem(null);
    return isDeployment(outcome) ? null : readFragment(IntentErrorFragment, outcome);
  } catch (error) {
    return requestProblem(error);
  }
}

const isDeployment = (outcome: IntentData['outcome']): outcome is { __typename: 'Deployment' } =>
  outcome.__typename === 'Deployment';
