import { useQuery } from '@apollo/client/react';
import { Button } from '@mantine/core';
import { useState } from 'react';
import { Link } from 'react-router';
import { RequestFailure } from '../../apollo/RequestFailure.tsx';
import { graphql } from '../../generated/index.ts';
import { keysPath } from '../../navigation/pages.ts';
import { Entry, EntryList, EntryNote, NoEntries } from '../../ui/data/EntryList.tsx';
import { ConfirmDialog } from '../../ui/feedback/ConfirmDialog.tsx';
import { useLastValue } from '../../ui/feedback/use-last-value.ts';
import { Panel } from '../../ui/layout/Panel.tsx';
import { usePersonalValues } from './personal.ts';

const PersonalDeploymentsDocument = graphql(`
  query PersonalDeployments {
    personalDeployments {
      databaseId
      deploymentName
      owner
      set
    }
  }
`);

type Held = { databaseId: string; deploymentName: string };

/** The deployments that hold values of the viewer. */
export function PersonalDeployments() {
  const { data, error, refetch } = useQuery(PersonalDeploymentsDocument, { fetchPolicy: 'cache-and-network' });
  const [ending, setEnding] = useState<Held | null>(null);
  const shown = useLastValue(ending);
  const { remove, isRemoving } = usePersonalValues(ending?.databaseId ?? '');
  return (
    <Panel title="Your keys" description="Deployments that make your calls with values of your own." flush>
      {error && !data && <RequestFailure error={error} onRetry={() => void refetch()} />}
      {data?.personalDeployments.length === 0 && (
        <NoEntries>No keys yet. A deployment asks for yours when you connect a client.</NoEntries>
      )}
      {data && (
        <EntryList>
          {data.personalDeployments.map((held) => (
            <Entry
              key={held.databaseId}
              name={held.deploymentName}
              beside={<EntryNote>{held.set.join(', ')}</EntryNote>}
              times={
                <Link className="link" to={keysPath(held.databaseId)}>
                  Change
                </Link>
              }
              action={
                held.owner ? (
                  <EntryNote>your deployment</EntryNote>
                ) : (
                  <Button
                    variant="default"
                    size="xs"
                    aria-label={`Remove your keys from ${held.deploymentName}`}
                    onClick={() => setEnding(held)}
                  >
                    Remove
                  </Button>
                )
              }
            />
          ))}
        </EntryList>
      )}
      <ConfirmDialog
        opened={ending !== null}
        onClose={() => setEnding(null)}
        title={`Remove your keys from ${shown?.deploymentName ?? ''}?`}
        confirm="Remove"
        working={isRemoving}
        onConfirm={async () => {
          const { problem } = await remove(true);
          if (problem) return problem;
          await refetch();
          return null;
        }}
      >
        Your clients are disconnected, and processes that run with your keys end at once.
      </ConfirmDialog>
    </Panel>
  );
}
