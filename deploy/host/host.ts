import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { freemem, totalmem } from 'node:os';
import { join } from 'node:path';
import { createActiveClock } from './active-clock.ts';
import { createBridge } from './bridge/bridge.ts';
import { createChildPool } from './bridge/child-pool.ts';
import { createChildRoom, memoryByGroup } from './bridge/child-room.ts';
import { createRouter } from './bridge/routing.ts';
import type { SessionPeer } from './bridge/session.ts';
import { createToolHeaders } from './bridge/tool-headers.ts';
import { createCallLog } from './calls/call-log.ts';
import { spawnChild } from './child/child-process.ts';
import { readProcessTable } from './child/process-table.ts';
import { childrenStatus } from './children-status.ts';
import { type HostStatus, PLATFORM_PRINCIPAL } from './contract.ts';
import { redactFailure } from './failure.ts';
import type { HostOptions, RunningHost } from './host-options.ts';
import { createHostServer } from './http-server.ts';
import { nameOf } from './install/package-name.ts';
import { openInstallation } from './installation.ts';
import { installedWorkspaces } from './installed-workspaces.ts';
import { createEnforcedLock } from './lock/enforced-lock.ts';
import { createLogRing } from './logs.ts';
import { createNextCopy } from './next-copy.ts';
import { openPersonal } from './personal/open-personal.ts';
import { withVariables } from './personal/with-variables.ts';
import { createPhase } from './phase.ts';
import { createProcessorMeter, heldBackOf, type Measurement } from './processor/processor-meter.ts';
import { createReadings } from './processor/readings.ts';
import { createRecentlyHeldBack } from './processor/recent.ts';
import { processorMsOf } from './processor/used-processor.ts';
import { createQuiescence } from './quiescence.ts';
import { createRedactor } from './redact.ts';
import { createServerFacts } from './server-facts.ts';
import { createAnswerMeter, createSlowReaderCheck } from './slow-readers.ts';
import { answerAttempt } from './trial/answer-attempt.ts';
import { createTrial } from './trial/trial.ts';
import { openViews } from './views/open-views.ts';
import { waitUntil } from './wait-until.ts';
import { createWalls } from './walls.ts';

const HANDSHAKE_TIMEOUT_MS = 60_000;
/** Within what Fly gives a machine between SIGTERM and SIGKILL. */
const DRAIN_MS = 3_000;

/** First calls come first. */
const PREPARE_COPY_AFTER_MS = 2_000;

/** Starts a host: listens at once, then installs and starts the server. Resolves when it listens. */
export const runHost = async (options: HostOptions): Promise<RunningHost> => {
  const { config } = options;
  const redactor = { now: createRedactor(config) };
  const redact = (text: string) => redactor.now(text);
  const ring = { now: () => new Date(), bootId: randomUUID().slice(0, 8) };
  const logs = createLogRing({ redact, ...ring });
  const calls = createCallLog({ redact, bootId: ring.bootId, nowMs: Date.now, clock: () => clock.now() });
  const log = (stream: 'INSTALL' | 'STDERR' | 'STDOUT' | 'HOST', text: string) => logs.append(stream, text);
  if (options.onLog) logs.follow((record) => options.onLog?.(record.stream, record.text));

  const walls = createWalls({
    settings: options.box,
    config,
    dataDir: options.dataDir,
    log: (text) => log('HOST', text),
  });
  const { box, oomKills } = walls;
  const user = box?.user ?? options.childUser ?? null;
  const machineId = options.machineId ?? 'local';
  const timeFactor = config.timeFactor ?? 1;
  const readings = createReadings(options.box?.controlGroups);
  const meter = createProcessorMeter(readings, timeFactor > 1);
  const recentlyHeldBack = createRecentlyHeldBack(readings);
  let starting: Measurement | null = null;
  const aborter = new AbortController();
  const installation = await openInstallation({
    options,
    walls,
    user,
    meter,
    clock: () => clock.now(),
    signal: aborter.signal,
    log,
    redact,
  });
  const facts = createServerFacts();
  const measureMemory = options.measureMemory ?? memoryByGroup;
  const clock = createActiveClock(() => {
    bridge.tick();
    cutSlowReaders();
  });

  const metered = createAnswerMeter(() => cutSlowReaders());

  const doing = createPhase(() => ({
    installationFailed: installation.failure !== null,
    isReady: pool.ready,
    startFailed: pool.lastFailure !== null,
    waitsForCallers: values !== null,
    hasServed: facts.era !== null,
  }));

  const nextCopy = createNextCopy({
    program: () => installation.program,
    signal: aborter.signal,
    log: (text) => log('HOST', text),
  });
  const prepareNextCopy = (afterMs: number) => {
    if (options.preparesCopies) nextCopy.prepare(afterMs);
  };

  const personal = openPersonal(config, {
    endChildren: (principal) => pool.endOf(principal),
    onSecrets: (secrets) => {
      redactor.now = createRedactor(config, secrets);
    },
  });
  const { values } = personal;

  const lock = createEnforcedLock({
    redact,
    onTaken: () => {
      bridge.forgetOffer();
      for (const peer of pool.peers) if (peer.serving) learnTools(peer);
    },
  });
  let listChanges = 0;
  const onListChanged = () => {
    listChanges += 1;
  };
  const views = openViews(() => pool.peers);
  const toolHeaders = createToolHeaders();
  /** The lock learns from each list that passes, of which this is one. */
  const learnTools = (peer: SessionPeer) => {
    toolHeaders.forget(peer);
    if (lock.isHeld()) void toolHeaders.of(peer);
  };
  const pool = createChildPool({
    spawn: (events, { command }, variables) =>
      spawnChild(variables === null ? command : withVariables(command, variables), metered(events), {
        mark: `${machineId}.${randomUUID()}`,
        user,
        oomKills,
        ...(options.limits?.childLineBytesMax === undefined ? {} : { lineBytesMax: options.limits.childLineBytesMax }),
      }),
    workspaces: installedWorkspaces(installation, personal.ownerOf),
    variablesFor: values?.variablesFor ?? null,
    onLastEnd: (principal) => values?.release(principal),
    views: views.held,
    router: createRouter({ log: (text) => log('HOST', text), onToolsChanged: learnTools, onListChanged }),
    guard: lock,
    clock: clock.now,
    ...(options.limits?.childUnreadBytesMax === undefined
      ? {}
      : { unreadBytesMax: options.limits.childUnreadBytesMax }),
    handshakeTimeoutMs: options.handshakeTimeoutMs ?? config.handshakeTimeoutMs ?? HANDSHAKE_TIMEOUT_MS * timeFactor,
    log,
    redactFailure: (failure) => redactFailure(failure, redact),
    variables: [...new Set([...Object.keys(config.env), ...(config.knownVariables ?? [])])],
    engineWarning: () => installation.program?.engineWarning ?? null,
    makeRoom: createChildRoom({
      memoryBytes: config.memoryMb === undefined ? null : config.memoryMb * 1024 * 1024,
      measure: measureMemory,
      ...(options.childrenMax === undefined ? {} : { childrenMax: options.childrenMax }),
    }),
    onServing: (peer) => {
      starting?.end();
      // What a server tells one caller is not for the others.
      if ((values === null && peer.view === null) || peer.principal === PLATFORM_PRINCIPAL)
        facts.learn(peer.era, peer.initializeResult ?? peer.discoverResult);
      prepareNextCopy(PREPARE_COPY_AFTER_MS);
    },
    onStartFailed: () => {
      starting?.end();
      prepareNextCopy(0);
    },
  });

  const trial = config.trial
    ? createTrial({
        folder: join(options.dataDir, 'attempts'),
        machineId,
        user,
        box,
        program: () => installation.program,
        signal: aborter.signal,
      })
    : null;

  const quiescence = createQuiescence({
    bridge: () => bridge,
    isInstalling: doing.isInstalling,
    clock: clock.now,
  });
  const bridge = createBridge({
    pool,
    isolation: personal.isolation,
    valuesGate: personal.gate,
    viewsGate: views.gate,
    machineId,
    clock: clock.now,
    log: (text) => log('HOST', text),
    toolHeaders,
    redact,
    lock,
    onListVaried: onListChanged,
    calls: calls.watch,
    ...(options.limits === undefined ? {} : { limits: options.limits }),
    unavailable: () => {
      if (quiescence.isQuiesced())
        return { status: 503, message: 'This machine is about to sleep.', failure: null, retryAfterSeconds: 1 };
      const { failure } = installation;
      if (failure) return { status: 200, message: failure.message, failure };
      if (installation.program) return null;
      return {
        status: 503,
        message: `${nameOf(config.package).name} is being installed. Try again in a moment.`,
        failure: null,
        retryAfterSeconds: 2,
      };
    },
  });

  const status = (): HostStatus => {
    const { phase, since } = doing.read();
    const table = readProcessTable();
    const memory = measureMemory(table);
    const processorMs = processorMsOf(table, process.pid);
    const { program, progress: install, failure, measurement } = installation;
    return {
      phase,
      since: since.toISOString(),
      package: {
        ...nameOf(config.package),
        ...(program ? { name: program.name, bin: program.bin } : {}),
        ...(program?.version ? { version: program.version } : {}),
      },
      install,
      heldBack: {
        install: heldBackOf(measurement),
        start: heldBackOf(starting),
        running: phase === 'READY' ? recentlyHeldBack() : null,
      },
      serverInfo: facts.serverInfo,
      era: facts.era,
      sessions: bridge.sessionCount,
      clients: bridge.clients(),
      openStreams: bridge.openStreams,
      work: bridge.work,
      children: childrenStatus(pool.peers, memory),
      translatedCalls: bridge.translatedCount,
      restarts: pool.restarts,
      lastError: failure ?? pool.lastFailure,
      contained: walls.contained(),
      reached: walls.reached(),
      processor: processorMs === null ? null : { bootId: ring.bootId, ms: processorMs },
      listsMark: `${ring.bootId}.${listChanges}`,
      lastAnswerAt: pool.lastAnswerAt === null ? null : new Date(pool.lastAnswerAt).toISOString(),
      memory: { hostRssBytes: process.memoryUsage.rss(), totalBytes: totalmem(), availableBytes: freemem() },
    };
  };

  const { mcp, sse, messages, offer, carry } = bridge;
  const server = createHostServer({
    token: config.token,
    loopbackOnly: config.token === undefined,
    ...{ mcp, sse, messages, offer, carry },
    status,
    packages: () => installation.program?.dependencies ?? null,
    layer: () => installation.packLayer(),
    logs,
    calls: calls.read,
    quiesce: quiescence.quiesce,
    resume: quiescence.resume,
    anyAnswers: pool.anyAnswers,
    values,
    lock,
    views: views.held,
    restartSilent: async () => ({ restarted: await pool.endSilent() }),
    attempt: trial && ((body) => answerAttempt(trial, body, { isReady: () => installation.program !== null, redact })),
  });
  const cutSlowReaders = createSlowReaderCheck(server, options.limits?.clientUnreadBytesMax);
  server.listen(options.listen.port, options.listen.host);
  await once(server, 'listening'); // rejects at `error`

  const firstStart = async () => {
    doing.enter('STARTING_SERVER');
    if (trial) return prepareNextCopy(0);
    starting = meter.start();
    await pool.warmUp();
  };
  const work = installation.run(firstStart, () => doing.enter('FAILED'));

  return {
    port: (server.address() as AddressInfo).port, // a TCP listener has an AddressInfo
    status,
    async close({ drainMs = DRAIN_MS } = {}) {
      doing.enter('STOPPING');
      starting?.end();
      // A server that has never served is tried again soon: the copy that is being made is worth a moment.
      if (drainMs > 0 && facts.era === null) await nextCopy.settle();
      aborter.abort();
      server.close();
      bridge.close();
      await waitUntil(() => [...pool.peers].every((peer) => peer.inFlight === 0), drainMs);
      await Promise.all([pool.close(), trial?.close(), work, nextCopy.done]);
      await installation.workspaces?.close();
      walls.close();
      server.closeAllConnections();
      clock.stop();
    },
  };
};
