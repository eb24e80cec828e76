import type { Worker } from 'node:cluster';
import type { Figures, ProcessFigures } from '../metrics/merge-figures.ts';

/** What a process says to the one that started it. */
export type FromProcess =
  /** It serves. */
  | { kind: 'ready'; url: string; signInUrl: string | null }
  /** It wants the figures of the others. */
  | { kind: 'ask'; id: number }
  | { kind: 'told'; id: number; asker: number; figures: Figures };

/** What it hears from there. */
export type ToProcess =
  /** Its own number, and how many others were asked. */
  | { kind: 'asked'; id: number; process: number; others: number }
  /** Another one asks. */
  | { kind: 'tell'; id: number; asker: number }
  | { kind: 'figures'; id: number; process: number; figures: Figures };

/** The other processes behind the same port, as seen from one of them. */
export interface Siblings {
  /** From now on the others are told these figures. */
  onAsked(read: () => Promise<Figures>): void;
  /** Its own figures and those of the others that answer in time. */
  gather(own: () => Promise<Figures>): Promise<ProcessFigures[]>;
}

const ANSWER_MS_MAX = 4_000;

/** In a process that another one started. */
export function openSiblings(worker: Worker): Siblings {
  const gatherings = new Map<number, (message: ToProcess) => void>();
  const say = (message: FromProcess) => worker.isConnected() && worker.send(message);
  let read: (() => Promise<Figures>) | null = null;
  let lastId = 0;
  let ownNumber = 0;

  worker.on('message', (message: ToProcess) => {
    if (message.kind === 'asked') ownNumber = message.process;
    if (message.kind !== 'tell') return gatherings.get(message.id)?.(message);
    const { id, asker } = message;
    read?.().then(
      (figures) => say({ kind: 'told', id, asker, figures }),
      () => {}, // who asked goes on without them
    );
  });

  return {
    onAsked: (figures) => {
      read = figures;
    },
    gather: async (own) => {
      lastId += 1;
      const id = lastId;
      const others: ProcessFigures[] = [];
      const complete = Promise.withResolvers<void>();
      let expected = Number.POSITIVE_INFINITY;
      const late = setTimeout(complete.resolve, ANSWER_MS_MAX);
      gatherings.set(id, (message) => {
        if (message.kind === 'asked') expected = message.others;
        if (message.kind === 'figures') others.push(message);
        if (others.length >= expected) complete.resolve();
      });
      say({ kind: 'ask', id });
      const [figures] = await Promise.all([own(), complete.promise]);
      clearTimeout(late);
      gatherings.delete(id);
      return [{ process: ownNumber, figures }, ...others];
    },
  };
}

/** In the process that started them: passes questions and answers on between them. */
export function relay(message: FromProcess, from: number, processes: ReadonlyMap<number, Worker>): void {
  const say = (to: Worker | undefined, text: ToProcess) => void (to?.isConnected() && to.send(text));
  if (message.kind === 'ask') {
    const others = [...processes].filter(([number, worker]) => number !== from && worker.isConnected());
    say(processes.get(from), { kind: 'asked', id: message.id, process: from, others: others.length });
    for (const [, worker] of others) say(worker, { kind: 'tell', id: message.id, asker: from });
  } else if (message.kind === 'told') {
    const { id, asker, figures } = message;
    say(processes.get(asker), { kind: 'figures', id, process: from, figures });
  }
}
