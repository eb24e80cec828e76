import { useQuery } from '@apollo/client/react';
import { Button } from '@mantine/core';
import { useState } from 'react';
import { RequestFailure } from '../apollo/RequestFailure.tsx';
import { InviteMember } from '../features/members/InviteMember.tsx';
import { MemberList } from '../features/members/MemberList.tsx';
import { type FreshLink, useMemberActions } from '../features/members/member-actions.ts';
import { graphql } from '../generated/index.ts';
import { PanelSkeleton } from '../ui/feedback/Skeletons.tsx';
import { CopyField } from '../ui/inputs/CopyField.tsx';
import { Page } from '../ui/layout/Page.tsx';
import { PageHeader } from '../ui/layout/PageHeader.tsx';
import { Panel } from '../ui/layout/Panel.tsx';

const PAGE_SIZE = 200;

const MembersPageDocument = graphql(`
  query MembersPage($first: Int!, $after: String) {
    members(first: $first, after: $after) {
      edges {
        node {
          id
          ...MemberList_member
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`);

/** The accounts of the installation, for its administrator. */
export function Component() {
  const [after, setAfter] = useState<string | null>(null);
  const { data, error, refetch } = useQuery(MembersPageDocument, {
    variables: { first: PAGE_SIZE, after },
    fetchPolicy: 'cache-and-network',
  });
  const actions = useMemberActions();
  const [link, setLink] = useState<FreshLink | null>(null);
  const { members } = data ?? {};
  return (
    <Page title="Members" narrow>
      <PageHeader title="Members" />
      {link && (
        <Panel
          title={`Sign-in link for ${link.name}`}
          description="Works once, within 3 days. Anyone who has it can sign in, so send it to this person only."
          actions={
            <Button variant="default" size="xs" onClick={() => setLink(null)}>
              Done
            </Button>
          }
        >
          <CopyField label="Sign-in link" value={link.url} hideLabel />
        </Panel>
      )}
      {error && !data && <RequestFailure error={error} onRetry={() => void refetch()} />}
      {!data && !error && <PanelSkeleton />}
      {members && (
        <>
          <InviteMember
            actions={actions}
            onInvited={(invited) => {
              setLink(invited);
              void refetch();
            }}
          />
          <MemberList
            members={members.edges.map(({ node }) => node)}
            actions={actions}
            onLink={setLink}
            onChanged={() => refetch()}
          />
          {(after !== null || members.pageInfo.hasNextPage) && (
            <div>
              <Button variant="default" size="xs" disabled={after === null} onClick={() => setAfter(null)}>
                First page
              </Button>{' '}
              <Button
                variant="default"
                size="xs"
                disabled={!members.pageInfo.hasNextPage}
                onClick={() => setAfter(members.pageInfo.endCursor ?? null)}
              >
                Next page
              </Button>
            </div>
          )}
        </>
      )}
    </Page>
  );
}
