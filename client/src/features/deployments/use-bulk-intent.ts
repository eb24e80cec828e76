import type { TypedDocumentNode } from '@apollo/client';
import { useApolloClient } from '@apollo/client/react';
import { notifications } from '@mantine/notifications';
import { useState } from 'react';
import type { UserProblem } from '../../apollo/problem.ts';
import { notifyDone, notifyProblem } from '../../ui/feedback/notify.ts';
import { type IntentData, problemOf, useTrackIntent } from './use-intent.ts';

/** Requests in flight; the others wait, so that one click is not a hundred requests. */
const PARALLEL_MAX = 6;
const PROBLEMS_SHOWN_MAX = 3;

type BulkIntent = TypedDocumentNode<IntentData, { id: string }>;

/** Runs one intent for many deployments. Refusals are shown by name; the others go on. */
export function useBulkIntent() {
  const client = useApolloClient();
  const track = useTrackIntent();
  const [working, setWorking] = useState(false);

  const run = async (mutation: BulkIntent, rows: readonly { id: string; name: string }[], verb: string) => {
    setWorking(true);
    const problems: (UserProblem & { name: string })[] = [];
    const waiting = [...rows];
    const work = async () => {
      for (let row = waiting.shift(); row; row = waiting.shift()) {
        const { id, name } = row;
        const problem = await track(mutation, id, () =>
          problemOf(() => client.mutate({ mutation, variables: { id } })),
        );
        if (problem) problems.push({ ...problem, name });
      }
    };
    await Promise.all(Array.from({ length: PARALLEL_MAX }, work));
    setWorking(false);
    const succeeded = rows.length - problems.length;
    if (succeeded > 0) notifyDone(`${verb} ${countDeployments(succeeded)}…`);
    for (const { name, message } of problems.slice(0, PROBLEMS_SHOWN_MAX)) {
      notifications.show({ color: 'red', title: name, message });
    }
    const more = problems.length - PROBLEMS_SHOWN_MAX;
    if (more > 0) notifyProblem({ message: `${countDeployments(more)} more failed.` });
  };
  return { run, working };
}

export const countDeployments = (count: number): string => `${count} ${count === 1 ? 'deployment' : 'deployments'}`;
