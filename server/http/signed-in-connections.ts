import type { Events } from '#server/domain/events.ts';
import type { Authenticate, Credentials } from './authenticate.ts';

/** How soon what expired by itself is noticed: no event tells of that. */
const RECHECK_MS = 60_000;

export interface SignedInConnections {
  /**
   * Keeps an eye on something that stays open for a user. `end` is called once the credentials it was opened with are
   * no longer good, on whichever instance they were ended. Returns the way to stop watching.
   */
  watch(userId: string, credentials: Credentials, end: () => void): () => void;
  /** How many are open for a user on this instance. */
  count(userId: string): number;
  /** Stops watching, and ends what is still open: a subscription would otherwise go on until its client leaves. */
  close(): void;
}

type Watched = { credentials: Credentials; end: () => void };

/** Sockets and streams of signed-in users: they end with the session or the token. */
export function createSignedInConnections(deps: {
  events: Pick<Events, 'on' | 'onConnection'>;
  authenticate: Authenticate;
  onError: (error: unknown) => void;
}): SignedInConnections {
  const open = new Map<string, Set<Watched>>();

  const recheck = async (userId: string) => {
    const watched = [...(open.get(userId) ?? [])];
    // Tabs of one browser share their session: it is asked for once.
    const answers = new Map<string, Promise<boolean>>();
    for (const { credentials, end } of watched) {
      const key = JSON.stringify([credentials.authorization, credentials.cookie]);
      const known = answers.get(key);
      const answer = known ?? deps.authenticate(credentials).then((actor) => actor?.userId === userId);
      answers.set(key, answer);
      if (!(await answer)) end();
    }
  };
  const start = (userId: string) => {
    recheck(userId).catch(deps.onError);
  };
  const startAll = () => [...open.keys()].forEach(start);

  const stops = [
    deps.events.on('session', null, start),
    deps.events.onConnection((state) => state === 'up' && startAll()), // messages in between were missed
  ];
  const timer = setInterval(startAll, RECHECK_MS);
  timer.unref();

  return {
    watch: (userId, credentials, end) => {
      const entry: Watched = { credentials, end };
      const set = open.get(userId) ?? new Set();
      open.set(userId, set.add(entry));
      return () => {
        set.delete(entry);
        if (set.size === 0 && open.get(userId) === set) open.delete(userId);
      };
    },
    count: (userId) => open.get(userId)?.size ?? 0,
    close: () => {
      for (const stop of stops) stop();
      clearInterval(timer);
      for (const { end } of [...open.values()].flatMap((set) => [...set])) end();
    },
  };
}
