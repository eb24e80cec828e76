import { LOG_LEVELS } from '../protocol-names.ts';
import type { SessionPeer } from '../session.ts';

const SET_LEVEL_TIMEOUT_MS = 30_000;

/**
 * Sets children to the most verbose level that any request asked for: a legacy child has one level, and requests of the
 * modern era have each their own.
 */
export const createLogLevels = (deps: { log: (text: string) => void }) => {
  const ranks = new WeakMap<SessionPeer, number>();

  return {
    /** Sent before the request that asks for it, so that the child knows the level in time. -1 asks for no messages. */
    raise(peer: SessionPeer, rank: number): void {
      if (rank < 0) return;
      const level = LOG_LEVELS[rank];
      if (level === undefined || (ranks.get(peer) ?? LOG_LEVELS.length) <= rank) return;
      if (!(peer.initializeResult ?? '').includes('"logging"')) return;
      ranks.set(peer, rank);
      peer
        .ask(
          `{"jsonrpc":"2.0","id":0,"method":"logging/setLevel","params":{"level":"${level}"}}`,
          AbortSignal.timeout(SET_LEVEL_TIMEOUT_MS),
        )
        .catch((error: unknown) => deps.log(`The server did not take the log level ${level}: ${String(error)}`));
    },
  };
};
