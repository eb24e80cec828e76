import { describeEnd } from '../child/boot-failure.ts';
import type { ChildExit } from '../child/child-process.ts';
import { type HostFailure, PLATFORM_PRINCIPAL } from '../contract.ts';
import { HostFailureError, hostFailure } from '../failure.ts';
import { viewOfPrincipal } from '../view-contract.ts';
import { endsWithSession } from '../workspaces/owner.ts';
import type { Call } from './call.ts';
import { createChildOutput } from './child-output.ts';
import { findModern, findShared, isAbandoned } from './child-sharing.ts';
import { type ChildStarterDeps, createChildStarter, OWN } from './child-starter.ts';
import { createFailureHistories } from './failure-histories.ts';
import { nameSome } from './request-id.ts';
import type { Session, SessionPeer } from './session.ts';
import { isSharedOwner } from './share-key.ts';
import { anyChildAnswers, endSilentChildren } from './silent-children.ts';

/** Added to the backoff before a restart that no caller asked for. */
const RESTART_PAUSE_MS = 50;
export type ChildPool = {
  /**
   * The session's child; starts one, or shares one, and replays `initialize` where the session has none. The child is
   * modern if its server speaks nothing else. A start is logged with the request that caused it.
   */
  acquire(session: Session, requestId: string | null): Promise<SessionPeer>;
  /** The modern child of a session; null when the server turns out to be of the legacy era only. */
  acquireModern(session: Session, requestId: string | null): Promise<SessionPeer | null>;
  /** A child has answered `server/discover` as only a legacy one does. */
  readonly knownLegacy: boolean;
  /** Starts a child before the first session needs one, so that a server that cannot start is known at once. */
  warmUp(): Promise<void>;
  /** The session is over: its calls are canceled; a child and files of its own go with it. */
  release(session: Session): void;
  readonly peers: ReadonlySet<SessionPeer>;
  readonly restarts: number;
  readonly lastFailure: HostFailure | null;
  /** Milliseconds since the epoch, when a client other than the platform last got an answer. */
  readonly lastAnswerAt: number | null;
  readonly ready: boolean;
  /** Reports whether one of the children that serve answers; null if no child serves. */
  anyAnswers(): Promise<boolean | null>;
  /** Ends all children of a principal, those that are being started too; resolves when they are gone. */
  endOf(principal: string): Promise<void>;
  /** Ends the children that do not answer any more; resolves to their number. */
  endSilent(): Promise<number>;
  close(): Promise<void>;
};

export type ChildPoolDeps = ChildStarterDeps & {
  variables: string[];
  engineWarning: () => string | null;
  /** A child ended before it served. */
  onStartFailed: () => void;
  /** The last child of a principal has ended, and will not be started again unasked. */
  onLastEnd?: (principal: string) => void;
};

export const createChildPool = (deps: ChildPoolDeps): ChildPool => {
  const peers = new Set<SessionPeer>();
  const histories = createFailureHistories(deps.clock, deps.variablesFor !== null);
  const platformHistory = () => histories.of(PLATFORM_PRINCIPAL);
  const output = createChildOutput(deps.log);
  const starting = new Map<string, Promise<SessionPeer | null>>();
  let closing = false;
  let lastAnswerAt: number | null = null;

  const onAnswered = ({ session }: Call<Session>) => {
    if (session !== null && session.principal !== PLATFORM_PRINCIPAL) lastAnswerAt = Date.now();
  };

  const onExit = (peer: SessionPeer, exit: ChildExit) => {
    const served = peer.serving;
    const sessions = [...peer.sessions];
    let failure = deps.redactFailure(
      peer.endedFor ??
        describeEnd({
          exit,
          served,
          ...output.tailOf(peer),
          variables: deps.variables,
          engineWarning: deps.engineWarning(),
        }),
    );
    const isCurious = peer.questioned && failure.code === 'EXITED_AT_START';
    const unasked = (!exit.requested || peer.endedFor !== null) && !closing && !isCurious;
    if (isCurious) {
      peer.questioned = false;
      deps.log('HOST', 'The server ended when it was asked for MCP 2026-07-28, and is started again.');
    }
    if (unasked) {
      failure = histories.of(peer.principal).ended(peer.shareKey ?? OWN, served, failure);
      deps.log('HOST', failure.message + callsUnderWay(peer));
    }
    peer.end(exit, failure);
    const comesBack = unasked && served && sessions.length > 0;
    if (!comesBack && ![...peers].some((other) => other.principal === peer.principal)) deps.onLastEnd?.(peer.principal);
    if (unasked && served) scheduleRestart(sessions);
    if (unasked && !served) deps.onStartFailed();
  };

  /** Restarts a server that crashed, so that a client that only listens need not call to get it back. */
  const scheduleRestart = (sessions: Session[]) => {
    const waiting = sessions.find((session) => session.busy) ?? sessions.at(-1);
    if (!waiting) return;
    setTimeout(() => {
      if (closing || waiting.peer) return;
      acquire(waiting, null).catch((error: unknown) =>
        deps.log('HOST', `The server did not come back: ${String(error)}`),
      );
    }, histories.of(waiting.principal).backoffMs + RESTART_PAUSE_MS).unref();
  };

  const starter = createChildStarter({
    ...deps,
    peers,
    historyOf: histories.of,
    output,
    onExit,
    onAnswered,
    isClosing: () => closing,
  });

  const mayServe = (peer: SessionPeer, session: Session) =>
    deps.workspaces.mayServe(peer.workspace, session.workspaceOwner);

  const anyServes = () => [...peers].some((peer) => peer.serving);

  /** Children that a session may be given, if they suit it. */
  const within = ({ principal }: Session): Iterable<SessionPeer> => {
    const view = viewOfPrincipal(principal);
    return [...peers].filter(
      (peer) => (peer.view?.viewId ?? null) === view && (deps.variablesFor === null || peer.principal === principal),
    );
  };

  const attach = (session: Session, peer: SessionPeer): SessionPeer => {
    session.peer = peer;
    peer.sessions.add(session);
    if (!isPlatforms(session)) {
      peer.workspace.used = true;
      // The calls of a shared context name their principals themselves.
      if (!isSharedOwner(session.principal)) peer.principals.add(session.principal);
    }
    peer.lastUsed = deps.clock();
    return peer;
  };

  const detach = (session: Session): void => {
    const { peer } = session;
    session.peer = null;
    if (!peer) return;
    peer.cancelCalls((call) => call.session === session, 'The session has ended.');
    peer.sessions.delete(session);
    peer.tasks.forget(session);
    for (const asked of session.asked.values())
      if (asked.peer === peer && asked.id !== null)
        peer.send(`{"jsonrpc":"2.0","id":${asked.id},"error":{"code":-32000,"message":"The client has left."}}`);
    session.asked.clear();
    if (isAbandoned(peer)) void peer.leave();
  };

  const removeFiles = async (session: Session): Promise<void> => {
    const workspace = deps.workspaces.find(session.workspaceOwner);
    if (!workspace) return;
    const inside = [...peers].filter((peer) => peer.workspace === workspace);
    await Promise.all(inside.map((peer) => peer.leave()));
    await deps.workspaces.remove(workspace);
  };

  const release = (session: Session): void => {
    detach(session);
    if (endsWithSession(session.workspaceOwner)) void removeFiles(session);
  };

  /** The session may have ended while its child was started. */
  const attachStarted = (session: Session, peer: SessionPeer): SessionPeer => {
    attach(session, peer);
    if (!session.ended) return peer;
    release(session);
    throw new HostFailureError(hostFailure('CRASHED', 'The session has ended.'));
  };

  const refuseClosing = () => {
    if (closing) throw new HostFailureError(hostFailure('CRASHED', 'The host is stopping.', { retryable: true }));
  };

  /** Sessions that may share a child wait for the same start. */
  const startOnce = <P extends SessionPeer | null>(key: string, start: () => Promise<P>): Promise<P> => {
    const running = starting.get(key);
    if (running) return running as Promise<P>; // the keys of both eras differ
    const started = start().finally(() => starting.delete(key));
    starting.set(key, started);
    return started;
  };

  const acquireModern = async (session: Session, requestId: string | null): Promise<SessionPeer | null> => {
    refuseClosing();
    if (starter.onlyEra === 'legacy') return null;
    if (session.peer && !session.peer.ended) return session.peer;
    const key = session.modernShareKey;
    histories.of(session.principal).refuseLoop(key ?? OWN);
    const shared = findModern(within(session), session, mayServe);
    if (shared) return attach(session, shared);
    const peer = await startOnce(key ?? `own modern\0${session.id}`, () => starter.startModern(session, requestId));
    return peer && attachStarted(session, peer);
  };

  const acquireLegacy = async (session: Session, requestId: string | null): Promise<SessionPeer> => {
    refuseClosing();
    if (session.peer && !session.peer.ended) return session.peer;
    histories.of(session.principal).refuseLoop(session.shareKey ?? OWN);
    const shared = findShared(within(session), session, mayServe);
    if (shared) return attach(session, shared);
    const peer = await startOnce(session.shareKey ?? `own\0${session.id}`, () =>
      starter.startLegacy(session, requestId),
    );
    return attachStarted(session, peer);
  };

  const acquire = async (session: Session, requestId: string | null): Promise<SessionPeer> => {
    const isModern = session.initialize === '' || (starter.onlyEra === 'modern' && !isPlatforms(session));
    return (isModern ? await acquireModern(session, requestId) : null) ?? acquireLegacy(session, requestId);
  };

  return {
    acquire,
    acquireModern,
    get knownLegacy() {
      return starter.onlyEra === 'legacy';
    },
    warmUp: starter.warmUp,
    release,
    peers,
    get restarts() {
      return histories.restarts;
    },
    get lastFailure() {
      return platformHistory().last;
    },
    get lastAnswerAt() {
      return lastAnswerAt;
    },
    get ready() {
      // A child that answers only the platform's pings proves nothing while the server crashes under its clients.
      return platformHistory().loop === null
        ? anyServes()
        : [...peers].some((peer) => peer.serving && !isPlatforms(peer));
    },
    async endOf(principal) {
      histories.forget(principal);
      const own = [...peers].filter((peer) => peer.principal === principal);
      await Promise.all(own.map((peer) => peer.leave()));
    },
    anyAnswers: () => anyChildAnswers(peers),
    endSilent: () => endSilentChildren(peers, { log: (text) => deps.log('HOST', text) }),
    async close() {
      closing = true;
      await Promise.all([...peers].map((peer) => peer.child?.stop()));
    },
  };
};

const isPlatforms = ({ principal }: { principal: string }): boolean => principal === PLATFORM_PRINCIPAL;

/** Names the calls under way, so that each of them can be found in the log. */
const callsUnderWay = (peer: SessionPeer): string => {
  const ids = [...peer.pending.values()].flatMap(({ reply }) => reply?.requestId ?? []);
  return ids.length === 0 ? '' : ` It was answering ${nameSome(ids)}.`;
};
