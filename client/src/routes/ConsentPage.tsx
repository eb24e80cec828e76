import { useQuery } from '@apollo/client/react';
import { Button } from '@mantine/core';
import { IconPlugConnectedX } from '@tabler/icons-react';
import { Link, useLocation, useParams } from 'react-router';
import classes from '../features/oauth/Consent.module.css';
import { ConsentCard } from '../features/oauth/ConsentCard.tsx';
import { graphql } from '../generated/index.ts';
import { EmptyState } from '../ui/feedback/EmptyState.tsx';
import { RequestFailure } from '../ui/feedback/RequestFailure.tsx';
import { BrandMark } from '../ui/layout/Brand.tsx';
import { Page } from '../ui/layout/Page.tsx';

const ConsentPageDocument = graphql(`
  query ConsentPage($input: ConsentInput!) {
    consentRequest(input: $input) {
      ...ConsentCard_request
    }
  }
`);

/** Where an MCP client sends the owner of a deployment, who decides whether to let it in. */
export function Component() {
  const { deploymentId = '' } = useParams();
  const asked = { deploymentId, query: useLocation().search.slice(1) };
  const { data, error } = useQuery(ConsentPageDocument, { variables: { input: asked }, fetchPolicy: 'no-cache' });
  const request = data?.consentRequest;

  return (
    <main className={classes.screen}>
      <Page title="Connect a client">
        {error && <RequestFailure error={error} />}
        {data && !request && (
          <EmptyState
            whole
            icon={<IconPlugConnectedX size={20} />}
            title="There is nothing for you to decide here."
            action={
              <Button component={Link} to="/deployments" variant="default">
                To your deployments
              </Button>
            }
          >
            The deployment is not yours, or the client’s request is not whole. Only the owner can let a client in: sign
            in with that account, then connect again from the client.
          </EmptyState>
        )}
        {request && (
          <div className={classes.card}>
            <div className={classes.brand}>
              <BrandMark size={24} />
              <span>Catwalk</span>
            </div>
            <ConsentCard asked={asked} request={request} />
          </div>
        )}
      </Page>
    </main>
  );
}
