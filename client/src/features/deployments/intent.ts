import type { TypedDocumentNode } from '@apollo/client';
import { useMutation } from '@apollo/client/react';
import { notifications } from '@mantine/notifications';
import { requestProblem, type UserProblem } from '../../apollo/problem.ts';
import { type FragmentType, readFragment } from '../../generated/index.ts';
import { IntentErrorFragment } from './intents.ts';

export type IntentData = {
  outcome: { __typename: 'Deployment' } | ({ __typename: string } & FragmentType<typeof IntentErrorFragment>);
};

export type RunIntent<Variables> = (variables: Variables) => Promise<UserProblem | null>;

/**
 * One intent about a deployment. The answer feeds the cache, so the page changes before the event arrives. It never
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
  const run: RunIntent<Variables> = async (variables) => {
    const problem = await attempt(() => mutate({ variables }));
    if (problem && !options.quiet) {
      notifications.show({ color: 'red', title: problem.message, message: problem.hint ?? '' });
    }
    return problem;
  };
  return [run, loading];
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
