import { keepLine } from '../child/printed-lines.ts';
import type { SessionPeer } from './session.ts';

export type ChildOutput = {
  /** A line of stderr. */
  stderr(peer: SessionPeer, line: string): void;
  /** A line of stdout that is no message, as latin1 text. */
  noise(peer: SessionPeer, line: string): void;
  /** The first and the last lines of both: what a failure is explained with. */
  tailOf(peer: SessionPeer): { stderrTail: string[]; noise: string[] };
};

/** Sends the output of children outside the protocol to the log, and keeps its first and last lines to explain a failure. */
export const createChildOutput = (log: (stream: 'STDERR' | 'STDOUT', text: string) => void): ChildOutput => {
  const tails = new WeakMap<SessionPeer, { stderrTail: string[]; noise: string[] }>();

  const tailOf = (peer: SessionPeer) => {
    let tail = tails.get(peer);
    if (!tail) {
      tail = { stderrTail: [], noise: [] };
      tails.set(peer, tail);
    }
    return tail;
  };

  return {
    stderr(peer, line) {
      keepLine(tailOf(peer).stderrTail, line);
      log('STDERR', line);
    },
    noise(peer, line) {
      const text = Buffer.from(line, 'latin1').toString('utf8');
      keepLine(tailOf(peer).noise, text);
      log('STDOUT', text);
    },
    tailOf,
  };
};
