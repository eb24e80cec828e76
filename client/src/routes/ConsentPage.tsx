import { useQuery } from '@apollo/client/react';
import { Button } from '@mantine/core';
import { IconPlugConnectedX } from '@tabler/icons-react';
import { Link, useLocation, useParams } from 'react-router';
import { RequestFailure } from '../apollo/RequestFailure.tsx';
import classes from '../features/oauth/Consent.module.css';
import { ConsentCard } from '../features/oauth/ConsentCard.tsx';
import { graphql } from '../generated/index.ts';
import { EmptyState } from '../ui/feedback/EmptyState.tsx';
import { BrandMark } from '../ui/layout/Brand.tsx';
import { Page } from '../ui/layout/Page.tsx';

const ConsentPageDocument = graphql(`
  query ConsentPage($input: ConsentInput!) {
    consentRequest(input: $input) {
      ...ConsentCard_request
    }
  }
`);

/** The page to which an MCP client sends a person, to allow or deny it access. */
export function Component() {
  const { deploymentId = '', view = null } = useParams();
  const input = { deploymentId, view, query: useLocation().search.slice(1) };
  const { data, error } = useQuery(ConsentPageDocument, { variables: { input }, fetchPolicy: 'no-cache' });
  const request = data?.consentRequest;

  return (
    <main className={classes.screen}>
      <Page title="Connect a client">
        {error && <RequestFailure error={error} />}
        {data && !request && (
          <EmptyState
            whole
            icon={<IconPlugConnectedX size={20} />}
            title="This request is not valid."
            action={
              <Button component={Link} to="/deployments" variant="default">
                Go to deployments
              </Button>
            }
          >
            The deployment belongs to another account, or the client’s request is incomplete. Only the owner can allow a
            client, unless the deployment is shared with you.
          </EmptyState>
        )}
        {request && (
          <div className={classes.card}>
            <div className={classes.brand}>
              <BrandMark size={24} />
              <span>Catwalk</span>
            </div>
            <ConsentCard input={input} request={request} />
          </div>
        )}
      </Page>
    </main>
  );
}
