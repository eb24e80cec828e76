import { useQuery } from '@apollo/client/react';
import { Button } from '@mantine/core';
import { useState } from 'react';
import { Link } from 'react-router';
import { graphql } from '../../generated/index.ts';
import { keysPath } from '../../navigation/pages.ts';
import { Entry, EntryList, EntryNote } from '../../ui/data/EntryList.tsx';
import { ConfirmDialog } from '../../ui/feedback/ConfirmDialog.tsx';
import { useLastValue } from '../../ui/feedback/use-last-value.ts';
import { CopyButton } from '../../ui/inputs/CopyButton.tsx';
import { Panel } from '../../ui/layout/Panel.tsx';
import { useShareActions } from './share-actions.ts';

const SharedDeploymentsDocument = graphql(`
  query SharedDeployments {
    sharedDeployments {
      databaseId
      name
      ownerName
      endpointUrl
      shareId
    }
  }
`);

/** Deployments of other people to which the viewer may connect apps; nothing where there are none. */
export function SharedDeployments() {
  const { data, refetch } = useQuery(SharedDeploymentsDocument, { fetchPolicy: 'cache-and-network' });
  const [leaving, setLeaving] = useState<{ name: string; shareId: string } | null>(null);
  const shown = useLastValue(leaving);
  const { unshare, isEnding } = useShareActions();
  if (!data || data.sharedDeployments.length === 0) return null;
  return (
    <Panel title="Shared with you" description="Connect an app to the endpoint; it signs you in with OAuth." flush>
      <EntryList>
        {data.sharedDeployments.map(({ databaseId, name, ownerName, endpointUrl, shareId }) => (
          <Entry
            key={databaseId}
            name={name}
            beside={<EntryNote>by {ownerName}</EntryNote>}
            times={
              <>
                <code className="truncate">{endpointUrl.replace(/^https?:\/\//, '')}</code>
                <CopyButton value={endpointUrl} label={`Copy endpoint of ${name}`} />
                <Link className="link" to={keysPath(databaseId)}>
                  Your keys
                </Link>
              </>
            }
            action={
              shareId && (
                <Button
                  variant="default"
                  size="xs"
                  aria-label={`Leave ${name}`}
                  onClick={() => setLeaving({ name, shareId })}
                >
                  Leave
                </Button>
              )
            }
          />
        ))}
      </EntryList>
      <ConfirmDialog
        opened={leaving !== null}
        onClose={() => setLeaving(null)}
        title={`Leave ${shown?.name ?? ''}?`}
        confirm="Leave"
        working={isEnding}
        onConfirm={async () => {
          if (leaving === null) return null;
          const problem = await unshare(leaving.shareId);
          if (!problem) await refetch();
          return problem;
        }}
      >
        Your apps are disconnected, and your keys are deleted. Only an owner can share it with you again.
      </ConfirmDialog>
    </Panel>
  );
}
