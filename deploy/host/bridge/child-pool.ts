import { describeEnd, describeSilence } from '../child/boot-failure.ts';
import type { ChildEvents, ChildExit, ChildHandle } from '../child/child-process.ts';
import { type HostFailure, PLATFORM_PRINCIPAL } from '../contract.ts';
import { HostFailureError, hostFailure } from '../failure.ts';
import { endsWithSession } from '../workspaces/owner.ts';
import type { Workspace, Workspaces } from '../workspaces/workspaces.ts';
import { createChildOutput } from './child-output.ts';
import { findModern, findShared, handOver, isAbandoned } from './child-sharing.ts';
import { askEra } from './era-probe.ts';
import { createFailureHistory } from './failure-history.ts';
import { HandshakeRefused } from './handshake-refused.ts';
import { type Envelope, slice } from './json-rpc.ts';
import { type Call, Peer } from './peer.ts';
import { nameSome } from './request-id.ts';
import type { Router } from './routing.ts';
import type { Session } from './session.ts';

/** Added to the backoff before a restart that no caller asked for. */
const RESTART_PAUSE_MS = 50;
/** Children that are one session's own crash for the same reasons. */
const OWN = 'own';

export type ChildPool = {
  /**
   * The session's child; starts one, or shares one, and replays `initialize` where the session has none. A start is
   * logged with the request that asked for it.
   */
  acquire(session: Session, requestId: string | null): Promise<Peer>;
  /** The modern child of a context; null when the server turns out to be of the legacy era only. */
  acquireModern(context: Session, requestId: string | null): Promise<Peer | null>;
  /** A child has answered `server/discover` as only a legacy one does. */
  readonly knownLegacy: boolean;
  /** Starts a child before the first session needs one, so that a server that cannot start is known at once. */
  warmUp(): Promise<void>;
  /** The session is over: its calls are canceled; a child and files of its own go with it. */
  release(session: Session): void;
  readonly peers: ReadonlySet<Peer>;
  readonly restarts: number;
  readonly lastFailure: HostFailure | null;
  /** Milliseconds since the epoch, when a client other than the platform last got an answer. */
  readonly lastAnswerAt: number | null;
  readonly ready: boolean;
  close(): Promise<void>;
};

export type ChildPoolDeps = {
  spawn: (events: ChildEvents, workspace: Workspace) => ChildHandle;
  workspaces: Workspaces;
  router: Router;
  /** Milliseconds, not counting the time a suspended machine slept. */
  clock: () => number;
  handshakeTimeoutMs: number;
  /** The bytes that a child may leave unread before calls to it are refused. */
  unreadBytesMax?: number;
  log: (stream: 'HOST' | 'STDERR' | 'STDOUT', text: string) => void;
  redactFailure: (failure: HostFailure) => HostFailure;
  variables: string[];
  engineWarning: () => string | null;
  /** Makes sure that one more child fits; throws when none does. */
  makeRoom: (peers: ReadonlySet<Peer>) => Promise<void>;
  onServing: (peer: Peer) => void;
};

export const createChildPool = (deps: ChildPoolDeps): ChildPool => {
  const peers = new Set<Peer>();
  const history = createFailureHistory(deps.clock);
  const output = createChildOutput(deps.log);
  const starting = new Map<string, Promise<Peer>>();
  const startingModern = new Map<string, Promise<Peer | null>>();
  let spare: Peer | null = null;
  let knownLegacy = false;
  let closing = false;
  let lastAnswerAt: number | null = null;

  const onAnswered = ({ session }: Call) => {
    if (session?.principal !== PLATFORM_PRINCIPAL) lastAnswerAt = Date.now();
  };

  const onExit = (peer: Peer, exit: ChildExit) => {
    peers.delete(peer);
    peer.workspace.children -= 1;
    if (spare === peer) spare = null;
    const served = peer.serving;
    const sessions = [...peer.sessions];
    let failure = deps.redactFailure(
      describeEnd({
        exit,
        served,
        ...output.tailOf(peer),
        variables: deps.variables,
        engineWarning: deps.engineWarning(),
      }),
    );
    const unasked = !exit.requested && !closing;
    if (unasked) {
      failure = history.ended(peer.shareKey ?? OWN, served, failure);
      deps.log('HOST', failure.message + callsUnderWay(peer));
    }
    peer.end(exit, failure);
    if (unasked && served) scheduleRestart(sessions);
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
    }, history.backoffMs + RESTART_PAUSE_MS).unref();
  };

  const spawnPeer = (
    era: 'legacy' | 'modern',
    { shareKey, principal }: Pick<Session, 'shareKey' | 'principal'>,
    workspace: Workspace,
  ): Peer => {
    const peer = new Peer({
      era,
      workspace,
      shareKey,
      principal,
      clock: deps.clock,
      ...(deps.unreadBytesMax === undefined ? {} : { unreadBytesMax: deps.unreadBytesMax }),
      events: { onMessage: deps.router, onNoise: (line) => output.noise(peer, line), onAnswered },
    });
    peers.add(peer);
    workspace.children += 1;
    const child = deps.spawn(
      {
        onLine: (line) => peer.receive(line),
        onLongLine: (line) => peer.receiveLong(line),
        onStderr: (line) => output.stderr(peer, line),
        onExit: (exit) => onExit(peer, exit),
      },
      workspace,
    );
    peer.attach(child);
    return peer;
  };

  const mayServe = (peer: Peer, session: Session) => deps.workspaces.mayServe(peer.workspace, session.workspaceOwner);

  const anyServes = () => [...peers].some((peer) => peer.serving);

  const handshake = async (peer: Peer, session: Session): Promise<void> => {
    let answer: Envelope;
    try {
      answer = await peer.ask(session.initialize, AbortSignal.timeout(deps.handshakeTimeoutMs));
    } catch (error) {
      if (error instanceof HostFailureError) throw error;
      const { stderrTail, noise } = output.tailOf(peer);
      const silence = deps.redactFailure(describeSilence(deps.handshakeTimeoutMs, stderrTail, noise));
      history.silent(silence);
      void peer.child?.stop();
      throw new HostFailureError(silence);
    }
    if (answer.result === null) {
      await peer.child?.stop(); // who asks again in the other era must not find its room taken
      throw new HandshakeRefused(answer);
    }
    peer.initializeResult = slice(answer.text, answer.result);
    peer.terms = session.terms;
    serves(peer);
  };

  const serves = (peer: Peer) => {
    peer.serving = true;
    history.recovered();
    deps.onServing(peer);
  };

  /** Asks a new child which era it speaks. A legacy one that took the question well is kept for the next session. */
  const startModern = async (context: Session, requestId: string | null): Promise<Peer | null> => {
    history.refuseStart(context.shareKey ?? OWN, anyServes());
    // A child that was not spoken to yet can still become either.
    const peer = await takeFresh('modern', context, requestId);
    const verdict = await askEra((message, signal) => peer.ask(message, signal));
    if (verdict.era === 'modern') {
      peer.discoverResult = verdict.result;
      peer.supportedVersions = verdict.supportedVersions;
      serves(peer);
      return peer;
    }
    knownLegacy = true;
    // A question about the era leaves nothing behind that another caller must not see.
    if (!peer.workspace.used) peer.workspace.owner = null;
    if (verdict.answered && !spare && !peer.ended) {
      peer.era = 'legacy';
      peer.shareKey = null;
      peer.principal = PLATFORM_PRINCIPAL;
      spare = peer;
    } else void peer.child?.stop();
    return null;
  };

  /** A child that was not spoken to yet, in files that the session may use. */
  const takeSpare = (session: Session): Peer | null => {
    const peer = spare;
    if (!peer) return null;
    spare = null;
    if (mayServe(peer, session)) return handOver(peer, session);
    void peer.child?.stop(); // it works with the files of another caller
    return null;
  };

  const takeFresh = async (era: 'legacy' | 'modern', session: Session, requestId: string | null): Promise<Peer> => {
    const peer = takeSpare(session);
    if (peer) {
      peer.era = era;
      return peer;
    }
    await deps.makeRoom(peers);
    const started = spawnPeer(era, session, await deps.workspaces.acquire(session.workspaceOwner));
    if (requestId !== null) deps.log('HOST', `Process ${started.pid} of the server was started for call ${requestId}.`);
    return started;
  };

  const startPeer = async (session: Session, requestId: string | null): Promise<Peer> => {
    history.refuseStart(session.shareKey ?? OWN, anyServes());
    const peer = await takeFresh('legacy', session, requestId);
    await handshake(peer, session);
    return peer;
  };

  const attach = (session: Session, peer: Peer): Peer => {
    session.peer = peer;
    peer.sessions.add(session);
    if (session.principal !== PLATFORM_PRINCIPAL) peer.workspace.used = true;
    peer.lastUsed = deps.clock();
    return peer;
  };

  const detach = (session: Session): void => {
    const { peer } = session;
    session.peer = null;
    if (!peer) return;
    peer.cancelCalls((call) => call.session === session, 'The session has ended.');
    peer.sessions.delete(session);
    for (const asked of session.asked.values())
      if (asked.peer === peer)
        peer.send(`{"jsonrpc":"2.0","id":${asked.id},"error":{"code":-32000,"message":"The client has left."}}`);
    session.asked.clear();
    if (isAbandoned(peer)) void peer.child?.stop();
  };

  const removeFiles = async (session: Session): Promise<void> => {
    const workspace = deps.workspaces.find(session.workspaceOwner);
    if (!workspace) return;
    const inside = [...peers].filter((peer) => peer.workspace === workspace);
    await Promise.all(inside.map((peer) => peer.child?.stop()));
    await deps.workspaces.remove(workspace);
  };

  const release = (session: Session): void => {
    detach(session);
    if (endsWithSession(session.workspaceOwner)) void removeFiles(session);
  };

  /** The session may have ended while its child was started. */
  const attachStarted = (session: Session, peer: Peer): Peer => {
    attach(session, peer);
    if (!session.ended) return peer;
    release(session);
    throw new HostFailureError(hostFailure('CRASHED', 'The session has ended.'));
  };

  const acquire = async (session: Session, requestId: string | null): Promise<Peer> => {
    if (closing) throw new HostFailureError(hostFailure('CRASHED', 'The host is stopping.', { retryable: true }));
    if (session.peer && !session.peer.ended) return session.peer;
    history.refuseLoop(session.shareKey ?? OWN);
    const shared = findShared(peers, session, mayServe);
    if (shared) return attach(session, shared);
    const key = session.shareKey ?? `own\0${session.id}`;
    let start = starting.get(key);
    if (!start) {
      start = startPeer(session, requestId).finally(() => starting.delete(key));
      starting.set(key, start);
    }
    return attachStarted(session, await start);
  };

  const acquireModern = async (context: Session, requestId: string | null): Promise<Peer | null> => {
    if (closing) throw new HostFailureError(hostFailure('CRASHED', 'The host is stopping.', { retryable: true }));
    if (knownLegacy) return null;
    if (context.peer && !context.peer.ended) return context.peer;
    history.refuseLoop(context.shareKey ?? OWN);
    const shared = findModern(peers, context, mayServe);
    if (shared) return attach(context, shared);
    const key = context.shareKey ?? '';
    let start = startingModern.get(key);
    if (!start) {
      start = startModern(context, requestId).finally(() => startingModern.delete(key));
      startingModern.set(key, start);
    }
    const peer = await start;
    return peer && attach(context, peer);
  };

  return {
    acquire,
    acquireModern,
    get knownLegacy() {
      return knownLegacy;
    },
    async warmUp() {
      const workspace = await deps.workspaces.acquire(null);
      if (!closing && !spare && peers.size === 0)
        spare = spawnPeer('legacy', { shareKey: null, principal: PLATFORM_PRINCIPAL }, workspace);
    },
    release,
    peers,
    get restarts() {
      return history.restarts;
    },
    get lastFailure() {
      return history.last;
    },
    get lastAnswerAt() {
      return lastAnswerAt;
    },
    get ready() {
      // A child that answers only the platform's pings proves nothing while the server crashes under its clients.
      return history.loop === null ? anyServes() : [...peers].some((peer) => peer.serving && !isPlatforms(peer));
    },
    async close() {
      closing = true;
      await Promise.all([...peers].map((peer) => peer.child?.stop()));
    },
  };
};

const isPlatforms = ({ principal }: Peer): boolean => principal === PLATFORM_PRINCIPAL;

/** Names the calls under way, so that each of them can be found in the log. */
const callsUnderWay = (peer: Peer): string => {
  const ids = [...peer.pending.values()].flatMap(({ reply }) => reply?.requestId ?? []);
  return ids.length === 0 ? '' : ` It was answering ${nameSome(ids)}.`;
};
