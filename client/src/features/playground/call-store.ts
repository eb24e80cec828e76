import { CANCELED, type CallProblem, callProblem } from './call-problem.ts';
import type { CapabilityListing, CapabilityRequest } from './capabilities.ts';
import { type Callable, createHeldSession, type SessionDeps } from './held-session.ts';
import type { Elicitation, ElicitationResponse, Outcome, PlaygroundSession, WireMessage } from './session.ts';

/** Input that the server requests while a call waits, and the function that sends it. */
export type OpenElicitation = { elicitation: Elicitation; respond: (response: ElicitationResponse) => void };

export type Call = {
  id: number;
  request: CapabilityRequest;
  startedAt: number;
  /** Null while the call is running. */
  tookMs: number | null;
  progress: { progress: number; total?: number | undefined; message?: string | undefined } | null;
  elicitation: OpenElicitation | null;
  outcome: Outcome | null;
  error: CallProblem | null;
  messages: readonly WireMessage[];
};

const HISTORY_MAX = 30;
/** A chatty server does not fill the page's memory; the newest messages are kept. */
const MESSAGES_MAX = 500;

/** Tells whether a call failed; only the result of a tool can itself be an error. */
export const isFailure = ({ error, outcome }: Call): boolean =>
  error !== null || (outcome?.kind === 'tool' && outcome.result.isError === true);

export type CallState = {
  /** Newest first. */
  calls: readonly Call[];
  /** The list that a session read, with its release; null before the first call. */
  listed: { releaseId: string | null; listing: CapabilityListing } | null;
};

export type CallStore = {
  get: () => CallState;
  subscribe: (listener: () => void) => () => void;
  call: (target: Callable, request: CapabilityRequest) => Promise<void>;
  cancel: () => void;
  /** Reads the list of tools, prompts and resources again. Throws when that fails. */
  refresh: (target: Callable) => Promise<void>;
};

type CallStoreDeps = SessionDeps & {
  /** The finished calls of an earlier visit. */
  restored: readonly Call[];
  onFinished: (calls: readonly Call[]) => void;
};

/**
 * Calls one deployment through its endpoint, one request at a time, and keeps the history. It outlives the page of the
 * playground: a call goes on while another tab of the deployment is open.
 */
export function createCallStore({ restored, onFinished, ...deps }: CallStoreDeps): CallStore {
  let state: CallState = { calls: restored, listed: null };
  let running: { id: number; abort: AbortController } | null = null;
  let lastId = Math.max(0, ...restored.map(({ id }) => id));
  const listeners = new Set<() => void>();

  const set = (next: Partial<CallState>) => {
    state = { ...state, ...next };
    for (const notify of [...listeners]) notify();
  };
  const patch = (id: number, change: (call: Call) => Partial<Call>) =>
    set({ calls: state.calls.map((call) => (call.id === id ? { ...call, ...change(call) } : call)) });
  const patchRunning = (change: (call: Call) => Partial<Call>) => {
    if (running) patch(running.id, change);
  };
  const session = createHeldSession(deps, {
    onMessage: (message) => patchRunning((call) => ({ messages: [...call.messages.slice(1 - MESSAGES_MAX), message] })),
    onElicitation: (elicitation, signal) =>
      new Promise((resolve) => {
        const settle = (response: ElicitationResponse) => {
          patchRunning(() => ({ elicitation: null }));
          resolve(response);
        };
        signal.addEventListener('abort', () => settle({ action: 'cancel' }), { once: true });
        if (running) patchRunning(() => ({ elicitation: { elicitation, respond: settle } }));
        else settle({ action: 'cancel' }); // the call has ended
      }),
  });
  /** An idle session keeps a stream open, so it ends with the last page that shows it. */
  const endIdleSession = () => {
    if (listeners.size === 0 && running === null) session.drop();
  };
  const refresh = async (target: Callable): Promise<void> => {
    const opened = await session.open(target);
    set({ listed: { releaseId: target.releaseId, listing: await opened.list() } });
  };

  const call = async (target: Callable, request: CapabilityRequest): Promise<void> => {
    lastId += 1;
    const id = lastId;
    const abort = new AbortController();
    running = { id, abort };
    const started: Call = {
      id,
      request,
      startedAt: deps.now(),
      tookMs: null,
      progress: null,
      elicitation: null,
      outcome: null,
      error: null,
      messages: [],
    };
    set({ calls: [started, ...state.calls].slice(0, HISTORY_MAX) });
    let opened: PlaygroundSession | null = null;
    let hasResult = false;
    try {
      opened = await session.open(target);
      const from = deps.now();
      const outcome = await opened.send(request, {
        signal: abort.signal,
        onProgress: (progress) => patch(id, () => ({ progress })),
      });
      patch(id, () => ({ outcome, tookMs: deps.now() - from }));
      hasResult = true;
    } catch (error) {
      if (!abort.signal.aborted && !opened?.isServerError(error)) session.drop(); // the next call opens a new session
      patch(id, ({ startedAt }) => ({
        error: abort.signal.aborted ? CANCELED : callProblem(error),
        elicitation: null,
        tookMs: deps.now() - startedAt,
      }));
    } finally {
      if (running?.id === id) running = null;
    }
    onFinished(state.calls.filter(({ tookMs }) => tookMs !== null));
    const isListed = state.listed?.releaseId === target.releaseId;
    // A server may list more to a client that supports elicitation. If listing fails, the known list stays.
    if (hasResult && !isListed) await refresh(target).catch(() => undefined);
    endIdleSession();
  };

  return {
    get: () => state,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
        endIdleSession();
      };
    },
    call,
    cancel: () => running?.abort.abort(),
    refresh,
  };
}
