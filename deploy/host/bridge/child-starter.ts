import { describeSilence } from '../child/boot-failure.ts';
import type { ChildEvents, ChildExit, ChildHandle } from '../child/child-process.ts';
import { type HostFailure, PLATFORM_PRINCIPAL } from '../contract.ts';
import { HostFailureError } from '../failure.ts';
import { listeningAddresses } from '../http-servers/listening-ports.ts';
import { putView } from '../views/filter-for.ts';
import type { HeldViews } from '../views/held-views.ts';
import type { Workspace, Workspaces } from '../workspaces/workspaces.ts';
import type { Call } from './call.ts';
import type { ChildOutput } from './child-output.ts';
import { handOver } from './child-sharing.ts';
import type { ClientGuard } from './client-guard.ts';
import { askEra, type EraVerdict } from './era-probe.ts';
import type { FailureHistory } from './failure-history.ts';
import { HandshakeRefused } from './handshake-refused.ts';
import { type Envelope, slice } from './json-rpc.ts';
import { Peer } from './peer.ts';
import type { Router } from './routing.ts';
import type { Session, SessionPeer } from './session.ts';
import { LEGACY_VERSIONS } from './versions.ts';

/** Children that are one session's own crash for the same reasons. */
export const OWN = 'own';
/** A server that has just refused `initialize` answers the next question at once, or never. */
const SECOND_QUESTION_MS = 3_000;
/** The platform asks every server for its era, and a deployment must not become slow for one that ignores the question. */
const PLATFORM_QUESTION_MS = 3_000;

export type ChildStarterDeps = {
  spawn: (events: ChildEvents, workspace: Workspace, variables: Record<string, string> | null) => ChildHandle;
  /** Callers have variables of their own, so that no child is handed to another one; null where all have the same. */
  variablesFor: ((principal: string) => Record<string, string>) | null;
  workspaces: Omit<Workspaces, 'close'>;
  router: Router;
  clock: () => number;
  handshakeTimeoutMs: number;
  /** The bytes that a child may leave unread before calls to it are refused. */
  unreadBytesMax?: number;
  log: (stream: 'HOST' | 'STDERR' | 'STDOUT', text: string) => void;
  redactFailure: (failure: HostFailure) => HostFailure;
  /** The rules of views, which stand before the children of their callers. */
  views: Pick<HeldViews, 'viewOf'>;
  /** Makes sure that one more child fits; throws when none does. */
  makeRoom: (peers: ReadonlySet<SessionPeer>) => Promise<void>;
  onServing: (peer: SessionPeer) => void;
  /** Decides what clients see of a child; without it they see everything. */
  guard?: ClientGuard;
};

export type ChildStarter = {
  /** Starts a child and shakes hands for the session. The child is modern if its server speaks no older protocol. */
  startLegacy(session: Session, requestId: string | null): Promise<SessionPeer>;
  /** Starts a child and asks for its era; null if the server turns out to be of the legacy era only. */
  startModern(session: Session, requestId: string | null): Promise<SessionPeer | null>;
  /** Starts a child that no session needs yet. */
  warmUp(): Promise<void>;
  /** The only era that the server speaks, as far as a child has shown it. */
  readonly onlyEra: 'legacy' | 'modern' | null;
};

/** Starts children and finds out what they speak. `peers` are all children of the host; the caller keeps the set. */
export const createChildStarter = (
  deps: ChildStarterDeps & {
    peers: Set<SessionPeer>;
    /** Failures of the children that a caller's own do not lie behind. */
    historyOf: (principal: string) => FailureHistory;
    output: ChildOutput;
    onExit: (peer: SessionPeer, exit: ChildExit) => void;
    onAnswered: (call: Call<Session>) => void;
    isClosing: () => boolean;
  },
): ChildStarter => {
  const { historyOf, output, peers } = deps;
  const isPersonal = deps.variablesFor !== null;
  let spare: SessionPeer | null = null;
  let onlyEra: 'legacy' | 'modern' | null = null;

  const anyServes = () => [...peers].some((peer) => peer.serving);

  const spawnPeer = (
    era: 'legacy' | 'modern',
    { shareKey, principal }: Pick<Session, 'shareKey' | 'principal'>,
    workspace: Workspace,
  ): SessionPeer => {
    const variables = deps.variablesFor?.(principal) ?? null; // throws before anything is kept
    const peer: SessionPeer = new Peer<Session>({
      era,
      workspace,
      shareKey,
      principal,
      clock: deps.clock,
      ...(deps.unreadBytesMax === undefined ? {} : { unreadBytesMax: deps.unreadBytesMax }),
      guard: deps.guard ?? null,
      events: { onMessage: deps.router, onNoise: (line) => output.noise(peer, line), onAnswered: deps.onAnswered },
    });
    putView(peer, { principal }, deps.views); // throws before anything is kept
    peers.add(peer);
    workspace.children += 1;
    const child = deps.spawn(
      {
        onLine: (line) => peer.receive(line),
        onLongLine: (line) => peer.receiveLong(line),
        onStderr: (line) => output.stderr(peer, line),
        onExit: (exit) => {
          peers.delete(peer);
          peer.workspace.children -= 1;
          if (spare === peer) spare = null;
          deps.onExit(peer, exit);
        },
      },
      workspace,
      variables,
    );
    peer.attach(child);
    return peer;
  };

  /** A child that was not spoken to yet, in files that the session may use. */
  const takeSpare = (session: Session): SessionPeer | null => {
    const peer = spare;
    if (!peer || (isPersonal && peer.principal !== session.principal)) return null;
    spare = null;
    if (deps.workspaces.mayServe(peer.workspace, session.workspaceOwner)) {
      putView(peer, session, deps.views);
      return handOver(peer, session);
    }
    void peer.child?.stop(); // it works with the files of another caller
    return null;
  };

  const takeFresh = async (
    era: 'legacy' | 'modern',
    session: Session,
    requestId: string | null,
  ): Promise<SessionPeer> => {
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

  const serves = (peer: SessionPeer) => {
    peer.serving = true;
    peer.servedAtMs ??= Date.now();
    historyOf(peer.principal).recovered();
    deps.onServing(peer);
  };

  const servesModern = (peer: SessionPeer, verdict: { result: string | null; supportedVersions: string[] }) => {
    peer.era = 'modern';
    peer.discoverResult = verdict.result;
    peer.supportedVersions = verdict.supportedVersions;
    peer.initializedSent = true; // this era has no such notification
    serves(peer);
  };

  /** A server that refuses `initialize` may be one that no longer knows it. */
  const isModernOnly = async (peer: SessionPeer): Promise<boolean> => {
    const verdict = await askEra((message, signal) => peer.ask(message, signal), SECOND_QUESTION_MS);
    if (verdict.era === 'legacy' || verdict.result === null) return false;
    if (verdict.supportedVersions.some((version) => LEGACY_VERSIONS.includes(version))) return false;
    servesModern(peer, verdict);
    return true;
  };

  /** Asks for the era before the first handshake. A server that ends because of the question knows only `initialize`. */
  const askForPlatform = async (peer: SessionPeer): Promise<EraVerdict> => {
    peer.questioned = true;
    try {
      return await askEra((message, signal) => peer.ask(message, signal), PLATFORM_QUESTION_MS);
    } catch (error) {
      if (peer.questioned) throw error;
      return { era: 'legacy', answered: true };
    } finally {
      peer.questioned = false;
    }
  };

  /** The platform's other child has shown what it was started for, and serves no client. */
  const stopModernOfPlatform = () => {
    for (const peer of peers)
      if (peer.era === 'modern' && peer.principal === PLATFORM_PRINCIPAL && peer.inFlight === 0) void peer.leave();
  };

  const handshake = async (peer: SessionPeer, session: Session): Promise<void> => {
    let answer: Envelope;
    try {
      answer = await peer.ask(session.initialize, AbortSignal.timeout(deps.handshakeTimeoutMs));
    } catch (error) {
      if (error instanceof HostFailureError) throw error;
      const { stderrTail, noise } = output.tailOf(peer);
      const silence = deps.redactFailure(
        describeSilence(deps.handshakeTimeoutMs, stderrTail, noise, listeningAddresses(peer.pid ?? 0)),
      );
      historyOf(peer.principal).silent(silence);
      void peer.child?.stop();
      throw new HostFailureError(silence);
    }
    if (answer.result !== null) {
      peer.initializeResult = slice(answer.text, answer.result);
      peer.terms = session.terms;
      serves(peer);
      if (session.principal === PLATFORM_PRINCIPAL) stopModernOfPlatform();
      return;
    }
    // The platform is never translated: its handshake reports what the server itself speaks.
    if (session.principal !== PLATFORM_PRINCIPAL && (await isModernOnly(peer))) {
      onlyEra = 'modern';
      peer.shareKey = session.modernShareKey;
      return;
    }
    await peer.child?.stop(); // the caller's next attempt, in the other era, must not find its room taken
    throw new HandshakeRefused(answer);
  };

  return {
    async startLegacy(session, requestId) {
      historyOf(session.principal).refuseStart(session.shareKey ?? OWN, anyServes());
      const peer = await takeFresh('legacy', session, requestId);
      await handshake(peer, session);
      return peer;
    },

    async startModern(session, requestId) {
      const key = session.modernShareKey;
      historyOf(session.principal).refuseStart(key ?? OWN, anyServes());
      // A child that was not spoken to yet can still become either.
      const peer = await takeFresh('modern', session, requestId);
      peer.shareKey = key;
      const forPlatform = session.principal === PLATFORM_PRINCIPAL;
      const verdict = await (forPlatform
        ? askForPlatform(peer)
        : askEra((message, signal) => peer.ask(message, signal)));
      if (verdict.era === 'modern') {
        servesModern(peer, verdict);
        return peer;
      }
      // A server that was merely slow to start may know both eras.
      if (verdict.answered || !forPlatform) onlyEra = 'legacy';
      // A question about the era leaves nothing behind that another caller must not see.
      if (!peer.workspace.used && !isPersonal) peer.workspace.owner = null;
      if ((verdict.answered || forPlatform) && !spare && !peer.ended && (peers.size === 1 || isPersonal)) {
        // A legacy child that took the question well is kept for the next session, if there is no other. So is one that
        // only the platform waited for: it may have just begun, and answers `initialize` when it is ready.
        peer.era = 'legacy';
        peer.shareKey = null;
        if (!isPersonal) peer.principal = PLATFORM_PRINCIPAL;
        spare = peer;
      } else void peer.child?.stop();
      return null;
    },

    async warmUp() {
      if (isPersonal) return; // it would have no caller's variables
      const workspace = await deps.workspaces.acquire(null);
      if (!deps.isClosing() && !spare && peers.size === 0)
        spare = spawnPeer('legacy', { shareKey: null, principal: PLATFORM_PRINCIPAL }, workspace);
    },

    get onlyEra() {
      return onlyEra;
    },
  };
};
