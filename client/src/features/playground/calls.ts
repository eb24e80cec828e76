import { useEffect, useRef, useState } from 'react';
import { CANCELLED, type CallProblem, callProblem } from './call-problem.ts';
import { type Callable, useHeldSession } from './held-session.ts';
import type { Asked, Listing } from './offers.ts';
import type { Answer, Outcome, Question, WireMessage } from './session.ts';

/** What the server asks the user while a call waits, and the way to answer. */
export type OpenQuestion = { question: Question; answer: (answer: Answer) => void };

export type Call = {
  id: number;
  request: Asked;
  startedAt: number;
  tookMs: number | null;
  progress: { progress: number; total?: number | undefined; message?: string | undefined } | null;
  asked: OpenQuestion | null;
  outcome: Outcome | null;
  error: CallProblem | null;
  messages: readonly WireMessage[];
};

const HISTORY_MAX = 30;
/** A chatty server does not fill the page's memory; the newest messages are kept. */
const MESSAGES_MAX = 500;

/** Whether what came back says itself that it is a failure: only a tool can. */
export const isFailure = ({ error, outcome }: Call): boolean =>
  error !== null || (outcome?.kind === 'tool' && outcome.result.isError === true);

/** Asks one deployment through its endpoint, one thing at a time, and keeps what was said. */
export function useCalls(deployment: Callable) {
  const { releaseId } = deployment;
  const [calls, setCalls] = useState<readonly Call[]>([]);
  const [listed, setListed] = useState<{ releaseId: string | null; offered: Listing } | null>(null);
  const running = useRef<{ id: number; abort: AbortController } | null>(null);
  const ids = useRef(0);

  const patch = (id: number, change: (call: Call) => Partial<Call>) =>
    setCalls((before) => before.map((call) => (call.id === id ? { ...call, ...change(call) } : call)));
  const patchRunning = (change: (call: Call) => Partial<Call>) => {
    if (running.current) patch(running.current.id, change);
  };
  const { open, drop } = useHeldSession(deployment, {
    onMessage: (message) => patchRunning((call) => ({ messages: [...call.messages.slice(1 - MESSAGES_MAX), message] })),
    onQuestion: (question, signal) =>
      new Promise((resolve) => {
        const settle = (answer: Answer) => {
          patchRunning(() => ({ asked: null }));
          resolve(answer);
        };
        signal.addEventListener('abort', () => settle({ action: 'cancel' }), { once: true });
        if (running.current) patchRunning(() => ({ asked: { question, answer: settle } }));
        else settle({ action: 'cancel' }); // nobody waits for it any more
      }),
  });
  useEffect(() => () => running.current?.abort.abort(), []);

  // Another release may offer something else.
  const listing = listed?.releaseId === releaseId ? listed.offered : null;
  const refresh = async (): Promise<void> => {
    const session = await open();
    setListed({ releaseId, offered: await session.list() });
  };

  const call = async (request: Asked): Promise<void> => {
    ids.current += 1;
    const id = ids.current;
    const abort = new AbortController();
    running.current = { id, abort };
    const started: Call = {
      id,
      request,
      startedAt: Date.now(),
      tookMs: null,
      progress: null,
      asked: null,
      outcome: null,
      error: null,
      messages: [],
    };
    setCalls((before) => [started, ...before].slice(0, HISTORY_MAX));
    const { isRefusal } = await import('./session.ts');
    let isAnswered = false;
    try {
      const session = await open();
      const from = performance.now();
      const outcome = await session.ask(request, {
        signal: abort.signal,
        onProgress: (progress) => patch(id, () => ({ progress })),
      });
      patch(id, () => ({ outcome, tookMs: performance.now() - from }));
      isAnswered = true;
    } catch (error) {
      if (!abort.signal.aborted && !isRefusal(error)) drop(); // the next call opens a new session
      patch(id, (before) => ({
        error: abort.signal.aborted ? CANCELLED : callProblem(error),
        asked: null,
        tookMs: Date.now() - before.startedAt,
      }));
    } finally {
      if (running.current?.id === id) running.current = null;
    }
    if (!isAnswered || listing) return;
    // A server may offer more to a client that can be asked back. When it does not list, what is known stays.
    await refresh().catch(() => undefined);
  };

  return { calls, listing, refresh, call, cancel: () => running.current?.abort.abort() };
}
