import { HostFailureError, hostFailure } from '../failure.ts';
import { DISCOVER } from './era-probe.ts';
import type { SessionPeer } from './session.ts';

/** Less than what the platform waits for the whole request, of which SIGTERM and SIGKILL take 3 s. */
const ANSWER_MS_MAX = 3_000;
const PING = '{"jsonrpc":"2.0","id":0,"method":"ping"}';

/** Any answer proves that the child reads and writes, an error too. */
const isSilent = async (peer: SessionPeer, timeoutMs: number): Promise<boolean> => {
  try {
    await peer.ask(peer.era === 'modern' ? DISCOVER : PING, AbortSignal.timeout(timeoutMs));
    return false;
  } catch (error) {
    return !(error instanceof HostFailureError); // a child that ended is not silent: it is started again anyway
  }
};

/** Reports whether one of the children that serve answers, as soon as it does; null if no child serves. */
export const anyChildAnswers = async (
  peers: Iterable<SessionPeer>,
  timeoutMs: number = ANSWER_MS_MAX,
): Promise<boolean | null> => {
  const serving = [...peers].filter((peer) => peer.serving && !peer.ended);
  if (serving.length === 0) return null;
  const answers = serving.map(async (peer) => {
    if ((await isSilent(peer, timeoutMs)) || peer.ended) throw new Error('It does not answer.');
  });
  return Promise.any(answers).then(
    () => true,
    () => false,
  );
};

/**
 * Ends the children that have served and do not answer any more; resolves to their number when they have ended. Their
 * calls get an error, and their sessions a new child like after a crash. A child that answers is left alone.
 */
export const endSilentChildren = async (
  peers: Iterable<SessionPeer>,
  { log, timeoutMs = ANSWER_MS_MAX }: { log: (text: string) => void; timeoutMs?: number },
): Promise<number> => {
  const ended = [...peers]
    .filter((peer) => peer.serving && !peer.ended)
    .map(async (peer) => {
      if (!(await isSilent(peer, timeoutMs)) || peer.ended) return false;
      log(`The server (process ${peer.pid}) does not answer and is started again.`);
      peer.endedFor = hostFailure('CRASHED', 'The server did not answer any more and was started again.', {
        hint: 'If it happens again, its log says more.',
        retryable: true,
      });
      await peer.child?.stop();
      return true;
    });
  return (await Promise.all(ended)).filter(Boolean).length;
};
