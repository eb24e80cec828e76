import { useQuery } from '@apollo/client/react';
import { Button } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconRocket } from '@tabler/icons-react';
import { useEffect } from 'react';
import { RequestFailure } from '../../apollo/RequestFailure.tsx';
import { RedeployDialog } from '../../features/releases/RedeployDialog.tsx';
import { ReleaseList } from '../../features/releases/ReleaseList.tsx';
import { graphql } from '../../generated/index.ts';
import { PanelSkeleton } from '../../ui/feedback/Skeletons.tsx';
import { Panel } from '../../ui/layout/Panel.tsx';
import { useDeploymentTab } from './tab.ts';

const ReleasesDocument = graphql(`
  query Releases($id: ID!, $after: String) {
    deployment(id: $id) {
      id
      releases(first: 30, after: $after) {
        edges {
          node {
            id
            ...ReleaseRow_release
          }
        }
        pageInfo {
          hasNextPage
          endCursor
        }
      }
    }
  }
`);

export function Component() {
  const { deployment } = useDeploymentTab();
  const { data, error, refetch, fetchMore } = useQuery(ReleasesDocument, { variables: { id: deployment.databaseId } });
  const [isConfirming, { open, close }] = useDisclosure(false);
  const targetId = deployment.targetRelease?.id ?? null;
  const currentId = deployment.currentRelease?.id ?? null;
  // A release that is created, goes live or fails changes the list: its rows are read again.
  // biome-ignore lint/correctness/useExhaustiveDependencies: each of these changes the list
  useEffect(() => {
    void refetch();
  }, [targetId, currentId, deployment.phase, refetch]);

  const releases = data?.deployment?.releases;
  if (!releases) return error ? <RequestFailure error={error} onRetry={() => void refetch()} /> : <PanelSkeleton />;
  return (
    <Panel
      title="Releases"
      description="Every version you deployed, with its settings. A new one takes over only once it works."
      flush
      actions={
        <Button size="xs" variant="default" leftSection={<IconRocket size={14} />} onClick={open}>
          Deploy the newest version…
        </Button>
      }
    >
      <RedeployDialog deployment={deployment} opened={isConfirming} onClose={close} />
      <ReleaseList
        deploymentId={deployment.id}
        currentId={currentId}
        targetId={targetId}
        status={deployment.status}
        isDeploying={deployment.phase !== null && deployment.phase !== undefined}
        releases={releases.edges.map((edge) => edge.node)}
      />
      {releases.pageInfo.hasNextPage && (
        <Button
          variant="subtle"
          fullWidth
          onClick={() => void fetchMore({ variables: { after: releases.pageInfo.endCursor } })}
        >
          Show older releases
        </Button>
      )}
    </Panel>
  );
}
