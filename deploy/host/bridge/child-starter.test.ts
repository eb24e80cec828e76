import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { ChildEvents } from '../child/child-process.ts';
import { PLATFORM_PRINCIPAL } from '../contract.ts';
import { hostFailure } from '../failure.ts';
import { createHeldViews } from '../views/held-views.ts';
import type { Workspace } from '../workspaces/workspaces.ts';
import { createChildOutput } from './child-output.ts';
import { createChildStarter } from './child-starter.ts';
import { createFailureHistory } from './failure-history.ts';
import { envelopeOf, replyOf, sessionOf } from './parts.testing.ts';
import type { Session, SessionPeer } from './session.ts';

/** Answers of a server, by method; without one it stays silent. */
type Server = Record<string, object | undefined>;

const INITIALIZE = { result: { protocolVersion: '2025-11-25', capabilities: {}, serverInfo: { name: 's' } } };
const REFUSAL = { error: { code: -32601, message: 'Method not found' } };
const discovered = (...supportedVersions: string[]) => ({ result: { supportedVersions, capabilities: {} } });

/** Above what the system gives to processes, so that none is looked at. */
const NO_PROCESS = 1_000_000_000;

/** The time limits of questions, in the order in which they were asked. */
let limits: (AbortController & { milliseconds: number })[] = [];
beforeEach(() => {
  limits = [];
  vi.spyOn(AbortSignal, 'timeout').mockImplementation((milliseconds) => {
    const limit = Object.assign(new AbortController(), { milliseconds });
    limits.push(limit);
    return limit.signal;
  });
});
afterEach(() => void vi.restoreAllMocks());

/** A starter whose children answer like `server`; they end when they are stopped. */
const starterOf = (server: Server, { mayServe = true } = {}) => {
  const peers = new Set<SessionPeer>();
  const asked: string[] = [];
  const serving: SessionPeer[] = [];
  const logs: string[] = [];
  const children: { events: ChildEvents; stops: number }[] = [];
  const workspaceOf = (owner: string | null): Workspace => ({
    owner,
    command: { command: '', args: [], cwd: '', env: {} },
    used: false,
    children: 0,
    lastUsed: 0,
  });
  const history = createFailureHistory(() => 0);
  const starter = createChildStarter({
    peers,
    historyOf: () => history,
    variablesFor: null,
    views: createHeldViews(() => {}),
    output: createChildOutput(() => {}),
    spawn(events) {
      const child = { events, stops: 0 };
      children.push(child);
      return {
        pid: NO_PROCESS + children.length,
        exited: new Promise(() => {}),
        bufferedBytes: 9,
        send(text) {
          const { id, method } = JSON.parse(text);
          asked.push(method);
          const answer = server[method];
          if (answer !== undefined)
            queueMicrotask(() => events.onLine(JSON.stringify({ jsonrpc: '2.0', id, ...answer })));
        },
        async stop() {
          child.stops += 1;
          events.onExit({ code: 0, signal: null, requested: true });
        },
      };
    },
    workspaces: {
      acquire: async (owner) => workspaceOf(owner),
      find: () => null,
      mayServe: () => mayServe,
      remove: async () => {},
    },
    router: () => {},
    clock: () => 0,
    handshakeTimeoutMs: 60_000,
    unreadBytesMax: 8,
    log: (_, text) => void logs.push(text),
    redactFailure: (failure) => failure,
    makeRoom: async () => {},
    onServing: (peer) => void serving.push(peer),
    onExit: () => {},
    onAnswered: () => {},
    isClosing: () => false,
  });
  return { starter, peers, asked, serving, logs, children };
};

const client = (): Session =>
  sessionOf({ modernShareKey: 'm', terms: 't', initialize: '{"id":0,"method":"initialize"}' });
const platform = (): Session =>
  sessionOf({ principal: PLATFORM_PRINCIPAL, modernShareKey: 'p', initialize: '{"id":0,"method":"initialize"}' });

test('a child that answers initialize serves the session on its terms', async () => {
  const { starter, serving, logs } = starterOf({ initialize: INITIALIZE });
  const peer = await starter.startLegacy(client(), 'r1');
  expect(peer).toMatchObject({ era: 'legacy', shareKey: 'k', terms: 't', serving: true });
  expect(JSON.parse(peer.initializeResult ?? '')).toEqual(INITIALIZE.result);
  expect([serving, starter.onlyEra]).toEqual([[peer], null]);
  expect([limits[0]?.milliseconds, peer.overloaded]).toEqual([60_000, true]);
  expect(logs).toEqual(['Process 1000000001 of the server was started for call r1.']);
});

test('a server that refuses initialize and describes itself as modern is served by translation', async () => {
  const { starter } = starterOf({ initialize: REFUSAL, 'server/discover': discovered('2026-07-28') });
  const peer = await starter.startLegacy(client(), null);
  expect(peer).toMatchObject({ era: 'modern', shareKey: 'm', serving: true, initializedSent: true });
  expect([peer.supportedVersions, starter.onlyEra]).toEqual([['2026-07-28'], 'modern']);
});

test.each([
  ['knows neither question', REFUSAL],
  ['speaks a legacy version as well, so its refusal is meant', discovered('2025-11-25', '2026-07-28')],
  ['names no version, only an error of the modern era', { error: { code: -32022, message: 'no' } }],
])('the refusal of a server that %s is the client’s to read, and its child ends', async (_, answer) => {
  const { starter, children, peers } = starterOf({ initialize: REFUSAL, 'server/discover': answer });
  await expect(starter.startLegacy(client(), null)).rejects.toMatchObject({
    name: 'HandshakeRefused',
    answer: expect.objectContaining({ method: null }),
  });
  expect([children[0]?.stops, peers.size, starter.onlyEra]).toEqual([1, 0, null]);
});

test('the platform is never translated: its handshake reports the refusal', async () => {
  const { starter, asked } = starterOf({ initialize: REFUSAL, 'server/discover': discovered('2026-07-28') });
  await expect(starter.startLegacy(platform(), null)).rejects.toThrow('refused the handshake');
  expect(asked).toEqual(['initialize']);
});

test('a server that does not answer initialize is described and ended', async () => {
  const { starter, children } = starterOf({});
  const started = starter.startLegacy(client(), null);
  await vi.waitFor(() => expect(limits).toHaveLength(1));
  limits[0]?.abort(new Error('Too late.'));
  await expect(started).rejects.toMatchObject({ failure: { code: 'HANDSHAKE_TIMEOUT' } });
  expect(children[0]?.stops).toBe(1);
});

test('a child that ends during its handshake failed for its own reason, and is not called silent', async () => {
  const { starter, peers, children } = starterOf({});
  const started = starter.startLegacy(client(), null);
  await vi.waitFor(() => expect([...peers][0]?.pending.size).toBe(1));
  [...peers][0]?.end({ code: 1, signal: null, requested: false }, hostFailure('CRASHED', 'It ended.'));
  await expect(started).rejects.toThrow('It ended.');
  expect(children[0]?.stops).toBe(0);
});

test('once the platform has seen both eras, its modern child ends if it is idle, and those of clients stay', async () => {
  const { starter, children } = starterOf({ initialize: INITIALIZE, 'server/discover': discovered('2026-07-28') });
  await starter.startModern(platform(), null);
  const busy = await starter.startModern(platform(), null);
  busy?.call(platform(), replyOf(), envelopeOf({ id: 1, method: 'tools/list' }));
  await starter.startModern(client(), null);
  await starter.startLegacy(client(), null);
  expect(children.map(({ stops }) => stops)).toEqual([0, 0, 0, 0]);
  await starter.startLegacy(platform(), null);
  expect(children.map(({ stops }) => stops)).toEqual([1, 0, 0, 0, 0]);
});

test('a legacy server keeps the process that was asked for its era, for the next session', async () => {
  const { starter, children } = starterOf({ initialize: INITIALIZE, 'server/discover': REFUSAL });
  expect(await starter.startModern(client(), null)).toBeNull();
  expect(starter.onlyEra).toBe('legacy');
  const peer = await starter.startLegacy(client(), 'r1');
  expect([children.length, children[0]?.stops]).toEqual([1, 0]);
  expect(peer).toMatchObject({ era: 'legacy', shareKey: 'k', principal: 'a' });
  await starter.startLegacy(client(), null);
  expect(children).toHaveLength(2);
});

test('a process whose files are of another caller is ended, and the session gets a new one', async () => {
  const { starter, children } = starterOf({ initialize: INITIALIZE, 'server/discover': REFUSAL }, { mayServe: false });
  await starter.startModern(client(), null);
  await starter.startLegacy(client(), null);
  expect(children.map(({ stops }) => stops)).toEqual([1, 0]);
});

test('a second child that was asked in vain ends: one spare is enough', async () => {
  const { starter, children } = starterOf({ initialize: INITIALIZE, 'server/discover': REFUSAL });
  await starter.startLegacy(client(), null);
  expect(await starter.startModern(client(), null)).toBeNull();
  expect(children.map(({ stops }) => stops)).toEqual([0, 1]);
});

test('a silent server is kept for the platform, which waits for it, and ended for a client', async () => {
  for (const [session, stops, onlyEra] of [
    [platform(), 0, null],
    [client(), 1, 'legacy'],
  ] as const) {
    const { starter, children } = starterOf({});
    const started = starter.startModern(session, null);
    const before = limits.length;
    await vi.waitFor(() => expect(limits.length).toBeGreaterThan(before));
    limits.at(-1)?.abort(new Error('Too late.'));
    expect([await started, children[0]?.stops, starter.onlyEra]).toEqual([null, stops, onlyEra]);
  }
});

test('a server that ends because the platform asked for its era is a legacy one; one with a reason of its own failed', async () => {
  for (const isOwnReason of [false, true]) {
    const { starter, peers } = starterOf({});
    const started = starter.startModern(platform(), null);
    await vi.waitFor(() => expect([...peers][0]?.pending.size).toBe(1));
    const [peer] = peers;
    expect([peer?.questioned, limits.at(-1)?.milliseconds]).toEqual([true, 3_000]);
    // The pool takes the mark off a child that ended for no other reason.
    if (peer && !isOwnReason) peer.questioned = false;
    peer?.end({ code: 1, signal: null, requested: false }, hostFailure('CRASHED', 'It ended.'));
    if (isOwnReason) await expect(started).rejects.toThrow('It ended.');
    else expect([await started, starter.onlyEra]).toEqual([null, 'legacy']);
    expect(peer?.questioned).toBe(false);
  }
});

test('a process is started before there is a session, once', async () => {
  const { starter, children } = starterOf({ initialize: INITIALIZE });
  await starter.warmUp();
  await starter.warmUp();
  expect(children).toHaveLength(1);
  await starter.startLegacy(client(), null);
  expect(children).toHaveLength(1);
});
