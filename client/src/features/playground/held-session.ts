import type { openSession, PlaygroundSession } from './session.ts';

/** A token is not used in its last half minute: a long call would outlive it. */
const TOKEN_MARGIN_MS = 30_000;

/** The parts of a deployment that the playground needs. */
export type Callable = {
  id: string;
  databaseId: string;
  /** The live release. A session stays with the release it began with. */
  releaseId: string | null;
  protocolVersion: string | null;
};

export type PlaygroundToken = { token: string; expiresAt: string };

export type SessionDeps = {
  /** Throws when the server issues no token. */
  createToken: (deploymentId: string) => Promise<PlaygroundToken>;
  /** Loads the MCP client and connects. */
  connect: typeof openSession;
  origin: string;
  now: () => number;
};

type Listeners = Pick<Parameters<typeof openSession>[0], 'onMessage' | 'onElicitation' | 'onSampling' | 'roots'> & {
  /** Called with each new session, before its first request. */
  onOpened: (session: PlaygroundSession) => Promise<void>;
};

type Held = { session: PlaygroundSession; releaseId: string | null; until: number };

/** Holds one session for one release, opened at the first use and again when its token expires. */
export function createHeldSession(
  { createToken, connect, origin, now }: SessionDeps,
  { onOpened, ...listeners }: Listeners,
) {
  let held: Held | null = null;
  const drop = () => {
    const session = held?.session;
    held = null;
    // The session belongs to this page; the host ends a session that cannot be closed properly.
    session?.close().catch(() => undefined);
  };
  const open = async ({ id, databaseId, releaseId, protocolVersion }: Callable): Promise<PlaygroundSession> => {
    if (held && held.releaseId === releaseId && now() < held.until) return held.session;
    drop();
    const { token, expiresAt } = await createToken(id);
    const url = new URL(`/api/mcp/${databaseId}`, origin);
    const session = await connect({ url, token, protocolVersion, ...listeners });
    held = { session, releaseId, until: new Date(expiresAt).getTime() - TOKEN_MARGIN_MS };
    await onOpened(session);
    return session;
  };
  /**
   * Runs a request in the session. A session that the endpoint no longer knows began nothing: it is replaced, and the
   * request runs once more.
   */
  const use = async <Result>(
    target: Callable,
    run: (session: PlaygroundSession) => Promise<Result>,
    signal?: AbortSignal,
  ): Promise<Result> => {
    const attempt = async (mayRetry: boolean): Promise<Result> => {
      const session = await open(target);
      try {
        return await run(session);
      } catch (error) {
        if (!mayRetry || signal?.aborted || !session.isGone(error)) throw error;
        if (held?.session === session) drop();
        return attempt(false);
      }
    };
    return attempt(true);
  };
  /** The session that is open, if any. */
  const current = (): PlaygroundSession | null => held?.session ?? null;
  return { use, drop, current };
}
