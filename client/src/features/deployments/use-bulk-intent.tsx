import type { TypedDocumentNode } from '@apollo/client';
import { useApolloClient } from '@apollo/client/react';
import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { createContext, use } from 'react';
import type { UserProblem } from '../../apollo/problem.ts';
import { notifyProblem } from '../../ui/feedback/notify.ts';
import { type DelayedActions, UNDO_MS } from './delayed-actions.ts';
import { type IntentData, problemOf, useTrackIntent } from './use-intent.ts';

/** Requests in flight; the others wait, so that one click is not a hundred requests. */
const PARALLEL_MAX = 6;
const PROBLEMS_SHOWN_MAX = 3;

type AnyVariables = Record<string, unknown>;

/** A mutation that many deployments receive, and its variables for each of them. */
export type BulkIntent = {
  document: TypedDocumentNode<IntentData, AnyVariables>;
  variablesOf: (id: string) => AnyVariables;
};

/** Names the variables of a mutation for each deployment; they are checked here. */
export const bulkIntent = <Variables extends AnyVariables>(
  document: TypedDocumentNode<IntentData, Variables>,
  variablesOf: (id: string) => Variables,
): BulkIntent => ({ document: document as unknown as BulkIntent['document'], variablesOf });
type Row = { id: string; name: string };

export const DelayedActionsContext = createContext<DelayedActions | null>(null);

/**
 * Runs one intent for many deployments, after eight seconds in which it can be undone. The deployments show the pending
 * intent at once. Refusals are shown by name; the others go on.
 */
export function useBulkIntent() {
  const client = useApolloClient();
  const track = useTrackIntent();
  const delayed = use(DelayedActionsContext);
  if (!delayed) throw new Error('No DelayedActionsContext above.');

  const send = async ({ document: mutation, variablesOf }: BulkIntent, rows: readonly Row[]) => {
    const waiting = [...rows];
    const problems: (UserProblem & Row)[] = [];
    const work = async () => {
      for (let row = waiting.shift(); row; row = waiting.shift()) {
        const { id, name } = row;
        const problem = await problemOf(() =>
          client.mutate({ mutation, variables: variablesOf(id), context: { fetchOptions: { keepalive: true } } }),
        );
        if (problem) problems.push({ ...problem, id, name });
      }
    };
    await Promise.all(Array.from({ length: PARALLEL_MAX }, work));
    for (const { name, message } of problems.slice(0, PROBLEMS_SHOWN_MAX)) {
      notifications.show({ color: 'red', title: name, message });
    }
    const more = problems.length - PROBLEMS_SHOWN_MAX;
    if (more > 0) notifyProblem({ message: `${countDeployments(more)} more failed.` });
    return problems;
  };

  /** @param verb what the toast says, such as `Stopping` */
  const run = (intent: BulkIntent, rows: readonly Row[], verb: string): void => {
    const { promise: decided, resolve: decide } = Promise.withResolvers<boolean>();
    const sent = decided.then(async (isWanted) => (isWanted ? send(intent, rows) : null));
    for (const { id } of rows) {
      void track(intent.document, id, async () => {
        const problems = await sent;
        return problems === null ? UNDONE : (problems.find((problem) => problem.id === id) ?? null);
      });
    }
    const undo = delayed.schedule(() => decide(true));
    const toast = notifications.show({
      autoClose: UNDO_MS,
      message: (
        <UndoMessage
          text={`${verb} ${countDeployments(rows.length)}…`}
          onUndo={() => {
            notifications.hide(toast);
            if (undo()) decide(false);
          }}
        />
      ),
    });
  };
  return { run };
}

/** Ends the pending intent of a row; it is never shown. */
const UNDONE: UserProblem = { code: 'UNDONE', message: 'Undone.' };

const UndoMessage = ({ text, onUndo }: { text: string; onUndo: () => void }) => (
  <span style={{ display: 'flex', gap: 12, alignItems: 'center', justifyContent: 'space-between' }}>
    {text}
    <Button size="compact-xs" variant="default" onClick={onUndo}>
      Undo
    </Button>
  </span>
);

export const countDeployments = (count: number): string => `${count} ${count === 1 ? 'deployment' : 'deployments'}`;
