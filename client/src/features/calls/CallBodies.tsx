import { useQuery } from '@apollo/client/react';
import { Skeleton } from '@mantine/core';
import { RequestFailure } from '../../apollo/RequestFailure.tsx';
import { graphql } from '../../generated/index.ts';
import classes from './Calls.module.css';

const CallBodiesDocument = graphql(`
  query CallBodies($id: ID!, $call: ID!) {
    deployment(id: $id) {
      id
      calls(first: 1, filter: { id: $call }) {
        edges {
          node {
            id
            bodies {
              arguments
              result
            }
          }
        }
      }
    }
  }
`);

/** The recorded arguments and result of a call; undefined while they are read. */
export function useCallBodies(databaseId: string, callId: string, hasBodies: boolean) {
  const { data, error, refetch } = useQuery(CallBodiesDocument, {
    variables: { id: databaseId, call: callId },
    skip: !hasBodies,
    // They may be gone later, and are secret enough not to stay in memory.
    fetchPolicy: 'no-cache',
  });
  const node = data?.deployment?.calls.edges[0]?.node;
  const bodies = data === undefined && hasBodies ? undefined : (node?.bodies ?? null);
  return { bodies, error, refetch };
}

/** JSON over several lines; text that was cut stays as it is. */
const readable = (text: string): string => {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
};

export function CallBodies({ bodies, error, refetch }: ReturnType<typeof useCallBodies>) {
  if (error) return <RequestFailure error={error} onRetry={() => void refetch()} />;
  if (bodies === undefined) return <Skeleton height={80} aria-busy="true" />;
  if (bodies === null) return null;
  return (
    <div className={classes.bodies}>
      <Body label="Arguments" text={bodies.arguments} />
      <Body label="Result" text={bodies.result} />
    </div>
  );
}

function Body({ label, text }: { label: string; text: string | null | undefined }) {
  return (
    <section aria-label={label}>
      <h3 className={classes.bodyTitle}>{label}</h3>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a long text is scrolled with the keyboard */}
      {text ? <pre tabIndex={0}>{readable(text)}</pre> : <p className="muted small">None</p>}
    </section>
  );
}
