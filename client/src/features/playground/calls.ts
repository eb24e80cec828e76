import { useMutation } from '@apollo/client/react';
import { useEffect, useRef, useState } from 'react';
import { graphql } from '../../generated/index.ts';
import type { openSession, PlaygroundSession, WireMessage } from './session.ts';

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

export type ToolResult = Awaited<ReturnType<PlaygroundSession['call']>>;

export type Call = {
  id: number;
  tool: string;
  args: Record<string, unknown>;
  startedAt: number;
  tookMs: number | null;
  progress: { progress: number; total?: number | undefined; message?: string | undefined } | null;
  result: ToolResult | null;
  error: string | null;
  messages: readonly WireMessage[];
};

/** A token is not used in its last half minute: a long call would outlive it. */
const TOKEN_MARGIN_MS = 30_000;
const HISTORY_MAX = 30;

type Held = { session: PlaygroundSession; until: number };

/** Calls tools of one deployment through its endpoint, one at a time, and keeps what was said. */
export function useCalls(deploymentId: string, databaseId: string) {
  const [makeToken] = useMutation(CreatePlaygroundTokenDocument, { fetchPolicy: 'no-cache' });
  const [calls, setCalls] = useState<readonly Call[]>([]);
  const held = useRef<Held | null>(null);
  const running = useRef<{ id: number; abort: AbortController } | null>(null);
  const ids = useRef(0);

  const patch = (id: number, change: (call: Call) => Partial<Call>) =>
    setCalls((before) => before.map((call) => (call.id === id ? { ...call, ...change(call) } : call)));
  const hear = (message: WireMessage) => {
    const current = running.current;
    if (current) patch(current.id, (call) => ({ messages: [...call.messages, message] }));
  };
  const drop = () => {
    const session = held.current?.session;
    held.current = null;
    // The session belongs to this page; when it cannot be ended properly the host reaps it.
    session?.close().catch(() => undefined);
  };

  // biome-ignore lint/correctness/useExhaustiveDependencies: the session ends with the page, or with its deployment
  useEffect(
    () => () => {
      running.current?.abort.abort();
      drop();
    },
    [databaseId],
  );

  const session = async (): Promise<PlaygroundSession> => {
    if (held.current && Date.now() < held.current.until) return held.current.session;
    drop();
    const [{ openSession: open }, { data }] = await Promise.all([
      import('./session.ts') as Promise<{ openSession: typeof openSession }>,
      makeToken({ variables: { deploymentId } }),
    ]);
    const made = data?.createPlaygroundToken;
    if (made?.__typename !== 'PlaygroundToken') throw new Error(made?.message ?? 'The server gave no token.');
    const url = new URL(`/api/mcp/${databaseId}`, location.origin);
    const opened = await open({ url, token: made.token, onMessage: hear });
    held.current = { session: opened, until: new Date(made.expiresAt).getTime() - TOKEN_MARGIN_MS };
    return opened;
  };

  const call = async (tool: string, args: Record<string, unknown>): Promise<void> => {
    ids.current += 1;
    const id = ids.current;
    const abort = new AbortController();
    running.current = { id, abort };
    const started: Call = {
      id,
      tool,
      args,
      startedAt: Date.now(),
      tookMs: null,
      progress: null,
      result: null,
      error: null,
      messages: [],
    };
    setCalls((before) => [started, ...before].slice(0, HISTORY_MAX));
    try {
      const opened = await session();
      const from = performance.now();
      const result = await opened.call(tool, args, {
        signal: abort.signal,
        onProgress: (progress) => patch(id, () => ({ progress })),
      });
      patch(id, () => ({ result, tookMs: performance.now() - from }));
    } catch (error) {
      drop(); // the next call opens a new session
      const message = error instanceof Error ? error.message : String(error);
      patch(id, (before) => ({
        error: abort.signal.aborted ? 'You cancelled this call.' : message,
        tookMs: Date.now() - before.startedAt,
      }));
    } finally {
      if (running.current?.id === id) running.current = null;
    }
  };

  return { calls, call, cancel: () => running.current?.abort.abort() };
}
