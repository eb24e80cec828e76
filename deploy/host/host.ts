import { randomUUID } from 'node:crypto';
import { chown, mkdir } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { freemem, totalmem } from 'node:os';
import { join, resolve } from 'node:path';
import { createActiveClock } from './active-clock.ts';
import { boxedInstallEnvironment } from './box/installer-settings.ts';
import { watchOom } from './box/oom-counter.ts';
import { createBridge } from './bridge/bridge.ts';
import { createChildPool } from './bridge/child-pool.ts';
import { createChildRoom, memoryByGroup } from './bridge/child-room.ts';
import { createRouter } from './bridge/routing.ts';
import { createToolHeaders } from './bridge/tool-headers.ts';
import { spawnChild } from './child/child-process.ts';
import { installEnvironment } from './child/environment.ts';
import type { HeldBack, HostFailure, HostPhase, HostStatus } from './contract.ts';
import { failureOf, failWith, outOfMemoryWhileInstalling, redactFailure } from './failure.ts';
import type { HostOptions, RunningHost } from './host-options.ts';
import { createHostServer } from './http-server.ts';
import { behindRelay } from './http-servers/behind-relay.ts';
import { installPackage, type Program } from './install/install.ts';
import { nameOf } from './install/package-name.ts';
import { openKeptFiles } from './kept/kept-files.ts';
import { createLogRing } from './logs.ts';
import { createNextCopy } from './next-copy.ts';
import { readHeldBackMs } from './processor/held-back.ts';
import { createProcessorMeter, type Measurement } from './processor/processor-meter.ts';
import { readUsedMs } from './processor/used-time.ts';
import { createRedactor } from './redact.ts';
import { createServerFacts } from './server-facts.ts';
import { createAnswerMeter, createSlowReaderCheck } from './slow-readers.ts';
import { answerAttempt } from './trial/answer-attempt.ts';
import { createTrial } from './trial/trial.ts';
import { waitUntil } from './wait-until.ts';
import { createWalls } from './walls.ts';
import { createWorkspaces, type Workspaces } from './workspaces/workspaces.ts';

const HANDSHAKE_TIMEOUT_MS = 60_000;
/** Within what Fly gives a machine between SIGTERM and SIGKILL. */
const DRAIN_MS = 3_000;
/** Up to this size npm runs with a small young generation: 40 MB less at its peak. */
const SMALL_MACHINE_MB = 512;
/** The caller may die before the machine sleeps: the host then takes calls again. Time asleep does not count. */
const QUIESCED_MS = 30_000;

const heldBackOf = (measured: Measurement | null): HeldBack | null => {
  if (measured === null) return null;
  const { wallMs, heldBackMs } = measured.read();
  return { wallMs, heldBackMs };
};

const ownProcessorMs = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
};

/** First calls come first. */
const PREPARE_COPY_AFTER_MS = 2_000;

/** Starts a host: listens at once, then installs and starts the server. Resolves when it listens. */
export const runHost = async (options: HostOptions): Promise<RunningHost> => {
  const { config } = options;
  const redact = createRedactor(config);
  const logs = createLogRing({ redact, now: () => new Date(), bootId: randomUUID().slice(0, 8) });
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
  const installTemporary = join(options.dataDir, 'install-tmp');
  await mkdir(installTemporary, { recursive: true, mode: 0o700 });
  if (user) await chown(installTemporary, user.uid, user.gid);
  const timeFactor = config.timeFactor ?? 1;
  const meter = createProcessorMeter(
    {
      now: () => performance.now(),
      ownMs: ownProcessorMs,
      heldBackMs: () => readHeldBackMs(options.box?.controlGroups),
      usedMs: readUsedMs,
    },
    timeFactor > 1,
  );
  let installing: Measurement | null = null;
  let starting: Measurement | null = null;
  const aborter = new AbortController();
  const facts = createServerFacts();
  const measureMemory = options.measureMemory ?? memoryByGroup;
  const clock = createActiveClock(() => {
    bridge.tick();
    cutSlowReaders();
  });

  const metered = createAnswerMeter(() => cutSlowReaders());

  let program: Program | null = null;
  let workspaces: Workspaces | null = null;
  let installFailure: HostFailure | null = null;
  let install: HostStatus['install'] = null;
  let phase: HostPhase = 'INSTALLING';
  let since = new Date();
  let quiescedUntil = 0;
  const enter = (next: HostPhase) => {
    if (next === phase) return;
    phase = next;
    since = new Date();
  };

  const nextCopy = createNextCopy({
    program: () => program,
    signal: aborter.signal,
    log: (text) => log('HOST', text),
  });
  const prepareNextCopy = (afterMs: number) => {
    if (options.preparesCopies) nextCopy.prepare(afterMs);
  };

  const installedWorkspaces = (): Workspaces =>
    workspaces ?? failWith('INSTALL_FAILED', 'The package is not installed.', { retryable: true });

  const toolHeaders = createToolHeaders();
  const pool = createChildPool({
    spawn: (events, { command }) =>
      spawnChild(command, metered(events), {
        mark: `${machineId}.${randomUUID()}`,
        user,
        oomKills,
        ...(options.limits?.childLineBytesMax === undefined ? {} : { lineBytesMax: options.limits.childLineBytesMax }),
      }),
    workspaces: {
      acquire: (owner) => installedWorkspaces().acquire(owner),
      find: (owner) => workspaces?.find(owner) ?? null,
      mayServe: (workspace, owner) => installedWorkspaces().mayServe(workspace, owner),
      remove: async (workspace) => workspaces?.remove(workspace),
    },
    router: createRouter({ log: (text) => log('HOST', text), onToolsChanged: toolHeaders.forget }),
    clock: clock.now,
    ...(options.limits?.childUnreadBytesMax === undefined
      ? {}
      : { unreadBytesMax: options.limits.childUnreadBytesMax }),
    handshakeTimeoutMs: options.handshakeTimeoutMs ?? config.handshakeTimeoutMs ?? HANDSHAKE_TIMEOUT_MS * timeFactor,
    log,
    redactFailure: (failure) => redactFailure(failure, redact),
    variables: [...new Set([...Object.keys(config.env), ...(config.knownVariables ?? [])])],
    engineWarning: () => program?.engineWarning ?? null,
    makeRoom: createChildRoom({
      memoryBytes: config.memoryMb === undefined ? null : config.memoryMb * 1024 * 1024,
      measure: measureMemory,
      ...(options.childrenMax === undefined ? {} : { childrenMax: options.childrenMax }),
    }),
    onServing: (peer) => {
      starting?.end();
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
        program: () => program,
        signal: aborter.signal,
      })
    : null;

  const bridge = createBridge({
    pool,
    isolation: config.isolation,
    machineId,
    clock: clock.now,
    log: (text) => log('HOST', text),
    toolHeaders,
    redact,
    ...(options.limits === undefined ? {} : { limits: options.limits }),
    unavailable: () => {
      if (clock.now() < quiescedUntil)
        return { status: 503, message: 'This machine is about to sleep.', failure: null, retryAfterSeconds: 1 };
      if (installFailure) return { status: 200, message: installFailure.message, failure: installFailure };
      if (program) return null;
      return {
        status: 503,
        message: `${nameOf(config.package).name} is being installed. Try again in a moment.`,
        failure: null,
        retryAfterSeconds: 2,
      };
    },
  });

  const currentPhase = (): HostPhase => {
    if (phase === 'INSTALLING' || phase === 'STOPPING') return phase;
    if (installFailure) return 'FAILED';
    if (pool.ready) return 'READY';
    return pool.lastFailure ? 'FAILED' : facts.era ? 'READY' : 'STARTING_SERVER';
  };

  const status = (): HostStatus => {
    enter(currentPhase());
    const memory = measureMemory();
    return {
      phase,
      since: since.toISOString(),
      package: {
        ...nameOf(config.package),
        ...(program ? { name: program.name, bin: program.bin } : {}),
        ...(program?.version ? { version: program.version } : {}),
      },
      install,
      heldBack: { install: heldBackOf(installing), start: heldBackOf(starting) },
      serverInfo: facts.serverInfo,
      era: facts.era,
      sessions: bridge.sessionCount,
      openStreams: bridge.openStreams,
      work: bridge.work,
      children: [...pool.peers].map((peer) => ({
        pid: peer.pid ?? 0,
        startedAt: peer.startedAt.toISOString(),
        rssBytes: memory?.get(peer.pid ?? -1) ?? null,
        sessions: peer.sessions.size,
        inFlight: peer.inFlight,
        era: peer.era,
      })),
      translatedCalls: bridge.translatedCount,
      restarts: pool.restarts,
      lastError: installFailure ?? pool.lastFailure,
      contained: walls.contained(),
      reached: walls.reached(),
      lastAnswerAt: pool.lastAnswerAt === null ? null : new Date(pool.lastAnswerAt).toISOString(),
      memory: { hostRssBytes: process.memoryUsage.rss(), totalBytes: totalmem(), availableBytes: freemem() },
    };
  };

  const server = createHostServer({
    token: config.token,
    loopbackOnly: config.token === undefined,
    mcp: bridge.mcp,
    sse: bridge.sse,
    messages: bridge.messages,
    status,
    logs,
    quiesce: (parked) => {
      const open = parked ? bridge.work : bridge.openStreams;
      const what = parked ? 'requests or tasks are under way' : 'requests or streams are open';
      if (open > 0) return { quiesced: false, reason: `${open} ${what}.` };
      if (phase === 'INSTALLING') return { quiesced: false, reason: 'The package is being installed.' };
      quiescedUntil = clock.now() + QUIESCED_MS;
      return parked ? { quiesced: true, sessions: bridge.park() } : { quiesced: true };
    },
    offer: bridge.offer,
    carry: bridge.carry,
    resume: () => {
      quiescedUntil = 0;
    },
    restartSilent: async () => ({ restarted: await pool.endSilent() }),
    attempt: trial && ((body) => answerAttempt(trial, body, { isReady: () => program !== null, redact })),
  });
  const cutSlowReaders = createSlowReaderCheck(server, options.limits?.clientUnreadBytesMax);
  await new Promise<void>((done, failed) => {
    server.once('error', failed);
    server.listen(options.listen.port, options.listen.host, () => {
      server.off('error', failed);
      done();
    });
  });

  const measured = meter.start();
  installing = measured;
  const wasKilled = watchOom(oomKills);
  const work = (async () => {
    try {
      const env =
        box === null
          ? { ...installEnvironment(options.installHome ?? null), TMPDIR: installTemporary }
          : boxedInstallEnvironment(installTemporary);
      await walls.openNetwork(env);
      const found = await installPackage(config.package, {
        cacheDir: resolve(options.cacheDir),
        env,
        user,
        box,
        timeFactor,
        nodeFlags: (config.memoryMb ?? Number.POSITIVE_INFINITY) <= SMALL_MACHINE_MB ? ['--max-semi-space-size=1'] : [],
        signal: aborter.signal,
        log: (line) => log('INSTALL', line),
        onProgress: (progress) => {
          install = { cached: false, packages: 0, bytes: 0, milliseconds: null, ...install, ...progress };
        },
      });
      walls.serve();
      const { http } = config.package;
      const installed = http === undefined ? found : behindRelay(found, http, options.relay ?? []);
      workspaces = createWorkspaces({
        folder: join(options.dataDir, 'workspaces'),
        program: installed,
        config,
        user,
        box,
        kept: options.keptDir === undefined ? null : openKeptFiles(options.keptDir, user),
        clock: clock.now,
        log: (text) => log('HOST', text),
      });
      // The first one belongs to the installation: a disk that is full shows here.
      if (!trial) await workspaces.acquire(null);
      program = installed;
      const { cached, packages, bytes } = installed;
      const { usedMs, wallMs } = measured.end();
      const used = usedMs === null ? {} : { processorMs: usedMs };
      install = { cached, packages, bytes, milliseconds: wallMs, ...used };
      if (aborter.signal.aborted) return;
      enter('STARTING_SERVER');
      if (trial) prepareNextCopy(0);
      else {
        starting = meter.start();
        await pool.warmUp();
      }
    } catch (error) {
      const failure = failureOf(error, 'INSTALL_FAILED');
      installFailure = redactFailure(wasKilled() ? outOfMemoryWhileInstalling(failure) : failure, redact);
      log('HOST', installFailure.message);
      enter('FAILED');
    } finally {
      measured.end();
    }
  })();

  return {
    port: (server.address() as AddressInfo).port, // a TCP listener has an AddressInfo
    status,
    async close({ drainMs = DRAIN_MS } = {}) {
      enter('STOPPING');
      starting?.end();
      // A server that has never served is tried again soon: the copy that is being made is worth a moment.
      if (drainMs > 0 && facts.era === null) await nextCopy.settle();
      aborter.abort();
      server.close();
      bridge.close();
      await waitUntil(() => [...pool.peers].every((peer) => peer.inFlight === 0), drainMs);
      await Promise.all([pool.close(), trial?.close(), work, nextCopy.done]);
      await workspaces?.close();
      walls.close();
      server.closeAllConnections();
      clock.stop();
    },
  };
};
