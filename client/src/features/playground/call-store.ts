import { type Call, newestCalls } from './call.ts';
import { CANCELED, callProblem } from './call-problem.ts';
import type { CapabilityListing, CapabilityRequest } from './capabilities.ts';
import { type Callable, createHeldSession, type SessionDeps } from './held-session.ts';
import type { ServerQuestion } from './server-question.ts';
import type { CompletionRequest, ElicitationResponse, Outcome, SamplingResponse, WireMessage } from './session.ts';
import type { SessionSettings } from './session-settings.ts';

/** A chatty server does not fill the page's memory; the newest messages are kept. */
const MESSAGES_MAX = 500;
const NOTIFICATIONS_MAX = 300;

export type CallState = {
  /** Newest first. */
  calls: readonly Call[];
  /** The list that a session read, with its release; null before the first call. */
  listed: { releaseId: string | null; listing: CapabilityListing } | null;
  /** Notifications of the server, log messages among them, oldest first. */
  notifications: readonly WireMessage[];
  settings: SessionSettings;
};

export type CallStore = {
  get: () => CallState;
  subscribe: (listener: () => void) => () => void;
  call: (target: Callable, request: CapabilityRequest) => Promise<void>;
  cancel: () => void;
  /** Sends a request of an app, which belongs to no call of the history. Rejects when the request fails. */
  sendForApp: (target: Callable, request: CapabilityRequest, signal: AbortSignal) => Promise<Outcome>;
  /** Reads the list of tools, prompts and resources again. Throws when that fails. */
  refresh: (target: Callable) => Promise<void>;
  /** Returns values that the server suggests for an argument; none if it suggests none or fails. */
  complete: (target: Callable, completion: CompletionRequest, signal: AbortSignal) => Promise<string[]>;
  changeSettings: (settings: SessionSettings) => void;
  clearNotifications: () => void;
};

type CallStoreDeps = SessionDeps & {
  /** The finished calls of an earlier visit. */
  restored: readonly Call[];
  onFinished: (calls: readonly Call[]) => void;
  settings: SessionSettings;
  onSettings: (settings: SessionSettings) => void;
};

/** Returns the method of a notification, which is a message without an id; null for other messages. */
export const notificationMethod = (message: unknown): string | null =>
  typeof message === 'object' && message !== null && !('id' in message) && 'method' in message
    ? String(message.method)
    : null;

/**
 * Calls one deployment through its endpoint, one request at a time, and keeps the history. It outlives the page of the
 * playground: a call goes on while another tab of the deployment is open.
 */
export function createCallStore(given: CallStoreDeps): CallStore {
  const { restored, onFinished, onSettings, ...deps } = given;
  let state: CallState = { calls: restored, listed: null, notifications: [], settings: given.settings };
  let running: { id: number; abort: AbortController } | null = null;
  let lastTarget: Callable | null = null;
  let lastId = Math.max(0, ...restored.map(({ id }) => id));
  let lastQuestionId = 0;
  const listeners = new Set<() => void>();

  const set = (next: Partial<CallState>) => {
    state = { ...state, ...next };
    for (const notify of [...listeners]) notify();
  };
  const patch = (id: number, change: (call: Call) => Partial<Call>) =>
    set({ calls: state.calls.map((call) => (call.id === id ? { ...call, ...change(call) } : call)) });

  /** Shows a question of the server with the running call, and resolves with the user's answer. */
  const ask = <Answer>(
    dismissed: Answer,
    signal: AbortSignal,
    question: (id: number, respond: (answer: Answer) => void) => ServerQuestion,
  ): Promise<Answer> =>
    new Promise((resolve) => {
      if (!running) return resolve(dismissed); // the call has ended
      const callId = running.id;
      lastQuestionId += 1;
      const id = lastQuestionId;
      const settle = (answer: Answer) => {
        patch(callId, ({ questions }) => ({ questions: questions.filter((one) => one.id !== id) }));
        resolve(answer);
      };
      signal.addEventListener('abort', () => settle(dismissed), { once: true });
      patch(callId, ({ questions }) => ({ questions: [...questions, question(id, settle)] }));
    });

  const session = createHeldSession(deps, {
    onMessage: (message) => {
      if (running) patch(running.id, (call) => ({ messages: [...call.messages.slice(1 - MESSAGES_MAX), message] }));
      const method = message.direction === 'received' ? notificationMethod(message.message) : null;
      if (method === null) return;
      set({ notifications: [...state.notifications.slice(1 - NOTIFICATIONS_MAX), message] });
      // If listing fails, the known list stays.
      if (method.endsWith('/list_changed') && lastTarget) void refresh(lastTarget).catch(() => undefined);
    },
    onElicitation: (params, signal) =>
      ask<ElicitationResponse>({ action: 'cancel' }, signal, (id, respond) => ({
        kind: 'elicitation',
        id,
        params,
        respond,
      })),
    onSampling: (params, signal) =>
      ask<SamplingResponse>(null, signal, (id, respond) => ({ kind: 'sampling', id, params, respond })),
    roots: () => state.settings.roots,
    onOpened: async (opened) => {
      const { logLevel } = state.settings;
      // A server may refuse a level that it offers; calls work without it.
      if (logLevel) await opened.setLogLevel(logLevel).catch(() => undefined);
    },
  });
  /** An idle session keeps a stream open, so it ends with the last page that shows it. */
  const endIdleSession = () => {
    if (listeners.size === 0 && running === null) session.drop();
  };
  const refresh = async (target: Callable): Promise<void> => {
    lastTarget = target;
    const listing = await session.use(target, (opened) => opened.list());
    set({ listed: { releaseId: target.releaseId, listing } });
  };

  const call = async (target: Callable, request: CapabilityRequest): Promise<void> => {
    lastTarget = target;
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
      questions: [],
      outcome: null,
      error: null,
      messages: [],
    };
    set({ calls: newestCalls([started, ...state.calls]) });
    let hasResult = false;
    try {
      let from = deps.now();
      const outcome = await session.use(
        target,
        (opened) => {
          from = deps.now(); // the time to open a session is not the call's
          return opened.send(request, {
            signal: abort.signal,
            onProgress: (progress) => patch(id, () => ({ progress })),
          });
        },
        abort.signal,
      );
      patch(id, () => ({ outcome, tookMs: deps.now() - from }));
      hasResult = true;
    } catch (error) {
      if (!abort.signal.aborted && !session.current()?.isServerError(error)) session.drop(); // the next call opens a new one
      patch(id, ({ startedAt }) => ({
        error: abort.signal.aborted ? CANCELED : callProblem(error),
        questions: [],
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
    sendForApp: (target, request, signal) =>
      session.use(target, (opened) => opened.send(request, { signal, onProgress: () => undefined }), signal),
    refresh,
    complete: (target, completion, signal) =>
      session.use(target, (opened) => opened.complete(completion, signal), signal).catch(() => []), // only suggestions
    changeSettings: (settings) => {
      const before = state.settings;
      set({ settings });
      onSettings(settings);
      const opened = session.current();
      // The server reads both again in its next session if it misses them now.
      if (opened && settings.roots.join('\n') !== before.roots.join('\n'))
        opened.announceRoots().catch(() => undefined);
      if (opened && settings.logLevel && settings.logLevel !== before.logLevel) {
        opened.setLogLevel(settings.logLevel).catch(() => undefined);
      }
    },
    clearNotifications: () => set({ notifications: [] }),
  };
}
