import { useQuery } from '@apollo/client/react';
import { IconKey } from '@tabler/icons-react';
import { useParams } from 'react-router';
import { RequestFailure } from '../apollo/RequestFailure.tsx';
import { PersonalForm } from '../features/personal/PersonalForm.tsx';
import { graphql } from '../generated/index.ts';
import { EmptyState } from '../ui/feedback/EmptyState.tsx';
import { PanelSkeleton } from '../ui/feedback/Skeletons.tsx';
import { Page } from '../ui/layout/Page.tsx';
import { PageHeader } from '../ui/layout/PageHeader.tsx';
import { Panel } from '../ui/layout/Panel.tsx';

const KeysPageDocument = graphql(`
  query KeysPage($deploymentId: ID!) {
    personalValues(deploymentId: $deploymentId) {
      deploymentName
      ...PersonalForm_values
    }
  }
`);

/** The page to which a deployment sends a person who has not entered the own values. */
export function Component() {
  const { deploymentId = '' } = useParams();
  const { data, error, refetch } = useQuery(KeysPageDocument, {
    variables: { deploymentId },
    fetchPolicy: 'cache-and-network',
  });
  const values = data?.personalValues;
  return (
    <Page title="Your keys" narrow>
      <PageHeader title="Your keys" />
      {error && !data && <RequestFailure error={error} onRetry={() => void refetch()} />}
      {!data && !error && <PanelSkeleton />}
      {data && !values && (
        <EmptyState whole icon={<IconKey size={20} />} title="Nothing to enter here.">
          This deployment needs no keys of your own, or its owner has not opened it to you.
        </EmptyState>
      )}
      {values && (
        <Panel title={values.deploymentName}>
          <PersonalForm values={values} onChanged={() => refetch()} />
        </Panel>
      )}
    </Page>
  );
}
