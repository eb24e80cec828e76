import { useQuery } from '@apollo/client/react';
import { useSearchParams } from 'react-router';
import { RequestFailure } from '../apollo/RequestFailure.tsx';
import { DeleteAccount } from '../features/account/DeleteAccount.tsx';
import { GitHubConnection } from '../features/account/GitHubConnection.tsx';
import { Password } from '../features/account/Password.tsx';
import { Profile } from '../features/account/Profile.tsx';
import { Sessions } from '../features/account/Sessions.tsx';
import { AllConnectedClients } from '../features/oauth/AllConnectedClients.tsx';
import { PersonalDeployments } from '../features/personal/PersonalDeployments.tsx';
import { Teams } from '../features/sharing/Teams.tsx';
import { reasonFor } from '../features/viewer/reasons.ts';
import { graphql } from '../generated/index.ts';
import { FailureCard } from '../ui/feedback/FailureCard.tsx';
import { PanelSkeleton } from '../ui/feedback/Skeletons.tsx';
import { Page } from '../ui/layout/Page.tsx';
import { PageHeader } from '../ui/layout/PageHeader.tsx';

const AccountPageDocument = graphql(`
  query AccountPage {
    viewer {
      id
      gitHubConnected
      ...Profile_viewer
      ...Password_viewer
      ...Sessions_viewer
      role
      ...DeleteAccount_viewer
    }
    installation {
      members
      passwordSignIn
      gitHubSignIn
    }
  }
`);

export function Component() {
  const { data, error, refetch } = useQuery(AccountPageDocument, { fetchPolicy: 'cache-and-network' });
  const [params] = useSearchParams();
  const reason = reasonFor(params.get('error'));
  const { viewer, installation } = data ?? {};
  return (
    <Page title="Account" narrow>
      <PageHeader title="Account" />
      {reason && <FailureCard failure={{ code: 'GITHUB', message: reason }} />}
      {error && !data && <RequestFailure error={error} onRetry={() => void refetch()} />}
      {!data && !error && <PanelSkeleton />}
      {viewer && installation && (
        <>
          <Profile viewer={viewer} />
          {installation.passwordSignIn && <Password viewer={viewer} />}
          {installation.gitHubSignIn && <GitHubConnection connected={viewer.gitHubConnected} />}
          <Sessions viewer={viewer} onChanged={() => refetch()} />
          <AllConnectedClients />
          <PersonalDeployments />
          {installation.members && <Teams />}
          {viewer.role === 'MEMBER' && <DeleteAccount viewer={viewer} />}
        </>
      )}
    </Page>
  );
}
