import { useQuery } from '@apollo/client/react';
import { IconCircleCheck } from '@tabler/icons-react';
import { graphql } from '../../generated/index.ts';
import classes from './WaitingForClient.module.css';

const ConnectedClientsNowDocument = graphql(`
  query ConnectedClientsNow($id: ID!) {
    deployment(id: $id) {
      id
      toolCount
      calls(first: 1) {
        edges {
          node {
            id
            clientName
          }
        }
      }
      live {
        clients {
          name
          sessions
        }
      }
    }
  }
`);

const REFRESH_MS = 2_000;

type WaitingForClientProps = {
  databaseId: string;
  /** The client that the page shows how to set up. */
  label: string;
  /** Matches its account of itself. */
  announces: RegExp;
};

const toolsText = (count: number): string => (count === 1 ? '1 tool' : `${count} tools`);

/** Says whether the chosen client has connected, from the name by which it introduces itself to the server. */
export function WaitingForClient({ databaseId, label, announces }: WaitingForClientProps) {
  const { data } = useQuery(ConnectedClientsNowDocument, {
    variables: { id: databaseId },
    pollInterval: REFRESH_MS,
    skipPollAttempt: () => document.hidden,
    fetchPolicy: 'network-only',
  });
  const deployment = data?.deployment;
  // A client of MCP 2026-07-28 has no session: its calls show that it is there.
  const last = deployment?.calls.edges[0]?.node.clientName ?? null;
  const isConnected =
    deployment?.live?.clients.some(({ name }) => announces.test(name)) || (last !== null && announces.test(last));
  return (
    <p className={classes.state} role="status" data-connected={isConnected || undefined}>
      {isConnected ? (
        <>
          <IconCircleCheck size={16} aria-hidden />
          {label}: Connected, {toolsText(deployment?.toolCount ?? 0)}
        </>
      ) : (
        <>
          <span className={classes.dot} aria-hidden />
          Waiting for {label}…
        </>
      )}
    </p>
  );
}
