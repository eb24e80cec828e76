import type { TypedDocumentNode } from '@apollo/client';
import { useApolloClient } from '@apollo/client/react';
import { notifications } from '@mantine/notifications';
import { useState } from 'react';
import type { UserProblem } from '../../apollo/problem.ts';
import { attempt, type IntentData, useShowAsked } from './intent.ts';

/** At once; the rest waits, so that one click is not a hundred requests. */
const AT_ONCE = 6;

type BulkIntent = TypedDocumentNode<IntentData, { id: string }>;

/** One intent for many deployments. Those that refuse are named; the others go on. */
export function useBulk() {
  const client = useApolloClient();
  const showAsked = useShowAsked();
  const [working, setWorking] = useState(false);

  const run = async (mutation: BulkIntent, rows: readonly { id: string; name: string }[], done: string) => {
    setWorking(true);
    const problems: (UserProblem & { name: string })[] = [];
    const waiting = [...rows];
    const work = async () => {
      for (let row = waiting.shift(); row; row = waiting.shift()) {
        const { id, name } = row;
        const problem = await showAsked(mutation, id, () =>
          attempt(() => client.mutate({ mutation, variables: { id } })),
        );
        if (problem) problems.push({ ...problem, name });
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    setWorking(false);
    const succeeded = rows.length - problems.length;
    if (succeeded > 0) notifications.show({ message: `${countWords(succeeded)}: ${done}.` });
    for (const { name, message } of problems.slice(0, 3)) {
      notifications.show({ color: 'red', title: name, message });
    }
    if (problems.length > 3) {
      notifications.show({ color: 'red', message: `${countWords(problems.length - 3)} more could not be changed.` });
    }
  };
  return { run, working };
}

export const countWords = (count: number): string => `${count} ${count === 1 ? 'deployment' : 'deployments'}`;
