import type { Worker } from 'node:cluster';
import type { Figures, ProcessFigures } from './merge-figures.ts';

/** A message from a process of the group to the process that started it. */
export type FromProcess =
  /** The process serves. */
  | { kind: 'ready'; url: string; signInUrl: string | null }
  /** Requests the figures of the other processes. */
  | { kind: 'figures-request'; id: number }
  /** Answers a request of another process. */
  | { kind: 'figures-response'; id: number; requester: number; figures: Figures };

/** A message from the process that started the group to one of its processes. */
export type ToProcess =
  /** The receiver's own number, and how many processes its request was sent to. */
  | { kind: 'request-sent'; id: number; process: number; others: number }
  /** Another process requests figures. */
  | { kind: 'figures-request'; id: number; requester: number }
  | { kind: 'figures'; id: number; process: number; figures: Figures };

/** The processes behind one port, as one of them sees the group. */
export interface ProcessGroup {
  /** Sets how this process reads the figures that the others request. */
  provideFigures(read: () => Promise<Figures>): void;
  /** Returns this process's own figures and those of the others that respond in time. */
  collectFigures(own: () => Promise<Figures>): Promise<ProcessFigures[]>;
}

const RESPONSE_MS_MAX = 4_000;

/** Opens the group in a process that another one started. */
export function openProcessGroup(worker: Worker): ProcessGroup {
  const requests = new Map<number, (message: ToProcess) => void>();
  const send = (message: FromProcess) => worker.isConnected() && worker.send(message);
  let read: (() => Promise<Figures>) | null = null;
  let lastId = 0;
  let ownNumber = 0;

  worker.on('message', (message: ToProcess) => {
    if (message.kind === 'request-sent') ownNumber = message.process;
    if (message.kind !== 'figures-request') return requests.get(message.id)?.(message);
    const { id, requester } = message;
    read?.().then(
      (figures) => send({ kind: 'figures-response', id, requester, figures }),
      () => {}, // the requester goes on without these figures
    );
  });

  return {
    provideFigures: (figures) => {
      read = figures;
    },
    collectFigures: async (own) => {
      lastId += 1;
      const id = lastId;
      const others: ProcessFigures[] = [];
      const complete = Promise.withResolvers<void>();
      let expected = Number.POSITIVE_INFINITY;
      const timer = setTimeout(complete.resolve, RESPONSE_MS_MAX);
      requests.set(id, (message) => {
        if (message.kind === 'request-sent') expected = message.others;
        if (message.kind === 'figures') others.push(message);
        if (others.length >= expected) complete.resolve();
      });
      send({ kind: 'figures-request', id });
      const [figures] = await Promise.all([own(), complete.promise]);
      clearTimeout(timer);
      requests.delete(id);
      return [{ process: ownNumber, figures }, ...others];
    },
  };
}

/** In the process that started the group: passes requests and responses on between its processes. */
export function relay(message: FromProcess, from: number, processes: ReadonlyMap<number, Worker>): void {
  const send = (to: Worker | undefined, text: ToProcess) => void (to?.isConnected() && to.send(text));
  if (message.kind === 'figures-request') {
    const others = [...processes].filter(([number, worker]) => number !== from && worker.isConnected());
    send(processes.get(from), { kind: 'request-sent', id: message.id, process: from, others: others.length });
    for (const [, worker] of others) send(worker, { kind: 'figures-request', id: message.id, requester: from });
  } else if (message.kind === 'figures-response') {
    const { id, requester, figures } = message;
    send(processes.get(requester), { kind: 'figures', id, process: from, figures });
  }
}
