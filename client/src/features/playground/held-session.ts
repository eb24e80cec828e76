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

type Listeners = Pick<Parameters<typeof openSession>[0], 'onMessage' | 'onElicitation'>;

type Held = { session: PlaygroundSession; releaseId: string | null; until: number };

/** Holds one session for one release, opened at the first use and again when its token expires. */
export function createHeldSession({ createToken, connect, origin, now }: SessionDeps, listeners: Listeners) {
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
    return session;
  };
  return { open, drop };
}
