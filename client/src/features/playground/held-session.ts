import { useMutation } from '@apollo/client/react';
import { useEffect, useRef } from 'react';
import { graphql } from '../../generated/index.ts';
import type { Answer, openSession, PlaygroundSession, Question, WireMessage } from './session.ts';

const CreatePlaygroundTokenDocument = graphql(`
  mutation CreatePlaygroundToken($deploymentId: ID!) {
    createPlaygroundToken(deploymentId: $deploymentId) {
      __typename
      ... on PlaygroundToken {
        token
        expiresAt
      }
      ... on UserError {
        message
        hint
      }
    }
  }
`);

/** A token is not used in its last half minute: a long call would outlive it. */
const TOKEN_MARGIN_MS = 30_000;

type Held = { session: PlaygroundSession; releaseId: string | null; until: number };

/** A deployment as far as the playground needs it. */
export type Callable = {
  id: string;
  databaseId: string;
  /** The release that serves. A session stays with the one it began with. */
  releaseId: string | null;
  protocolVersion: string | null;
};

type Listeners = {
  onMessage: (message: WireMessage) => void;
  onQuestion: (question: Question, signal: AbortSignal) => Promise<Answer>;
};

/** One session for one release, opened when it is first needed and again when its token runs out. */
export function useHeldSession(deployment: Callable, listeners: Listeners) {
  const { id: deploymentId, databaseId, releaseId, protocolVersion } = deployment;
  const [makeToken] = useMutation(CreatePlaygroundTokenDocument, { fetchPolicy: 'no-cache' });
  const held = useRef<Held | null>(null);

  const drop = () => {
    const session = held.current?.session;
    held.current = null;
    // The session belongs to this page; when it cannot be ended properly the host reaps it.
    session?.close().catch(() => undefined);
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: the session ends with the page, or with its deployment
  useEffect(() => drop, [databaseId]);

  const open = async (): Promise<PlaygroundSession> => {
    const known = held.current;
    if (known && known.releaseId === releaseId && Date.now() < known.until) return known.session;
    drop();
    const [{ openSession: connect }, { data }] = await Promise.all([
      import('./session.ts') as Promise<{ openSession: typeof openSession }>,
      makeToken({ variables: { deploymentId } }),
    ]);
    const made = data?.createPlaygroundToken;
    if (made?.__typename !== 'PlaygroundToken') throw new Error(made?.message ?? 'The server gave no token.');
    const url = new URL(`/api/mcp/${databaseId}`, location.origin);
    const session = await connect({ url, token: made.token, protocolVersion, ...listeners });
    held.current = { session, releaseId, until: new Date(made.expiresAt).getTime() - TOKEN_MARGIN_MS };
    return session;
  };
  return { open, drop };
}
