import { AsyncLocalStorage } from 'node:async_hooks';
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { eventually } from '#deploy/eventually.testing.ts';
import { createMachinesClient } from '#deploy/fly/client.ts';
import { MachinesError } from '#deploy/fly/errors.ts';
import { createHostClient, type HostClient } from '#deploy/host-client.ts';
import { STAND_IN_HOST, standInConfig } from '#deploy/local/fixtures/test-machines.ts';
import { createLocalMachines, LOCAL_APP } from '#deploy/local/local-machines.ts';
import { openTestDatabase } from '#prisma/test-database.testing.ts';
import { newAccessToken } from '#server/domain/access/token.ts';
import type { Actor } from '#server/domain/actor.ts';
import { createEnvelopes } from '#server/domain/credentials/envelope.ts';
import { parseKeyRing } from '#server/domain/credentials/key-ring.ts';
import { createEvents } from '#server/domain/events.ts';
import { createFlyAccount, type FlyAccount } from '#server/machines/fly-account.ts';
import { createUpstream } from '#server/mcp/upstream.ts';
import { createUpstreamFetch } from '#server/mcp/upstream-fetch.ts';
import { startReconciler } from '#server/workers/reconciler.ts';
import type { DeployInput } from '../intents/inputs.ts';
import { createLook } from '../intents/look.ts';
import { createWake } from '../intents/wake.ts';
import { createMcpProbe } from '../reconcile/mcp-probe.ts';
import { createDeploymentService } from '../service.ts';
import { createFastClock } from './fast-clock.testing.ts';
import { impatient, impatientProbe, type SentCalls } from './impatient.testing.ts';
import { kill, killable, killableDatabase, killableTimers, type Life, newLife } from './killable.testing.ts';
import { type Outage, OutageError, withOutages } from './outage.testing.ts';
import { createRowWaits } from './row-waits.testing.ts';
import { createStandInAnalysis } from './stand-in-analysis.testing.ts';

export const INSTALLATION = '00000000-0000-4000-8000-000000000001';
/** Real time, whatever the speed of the clock: a hanging call is aborted after it. */
const CALL_TIMEOUT_MS = 1_000;
const NEVER_ABORTED = new AbortController().signal;
/** A handshake is a start of the server and some ten calls. */
const HANDSHAKE_CALLS = 8;
/** Time that a host takes to start on an idle computer. */
const HOST_START_MS = 60;

export type SimulationOptions = {
  /** Default 30. */
  speed?: number;
  healthIntervalMs?: number;
  watchIntervalMs?: number;
  callTimeoutMs?: number;
  /** Deployments that one worker works on at once. */
  concurrency?: number;
};

/**
 * The lifecycle with real parts except the package: database, workers, Machines API, and host processes that need no
 * installation. Its clock runs `speed` times as fast, and its workers can be killed at any of their calls.
 */
export async function openSimulation(options: SimulationOptions = {}) {
  const callTimeoutMs = options.callTimeoutMs ?? CALL_TIMEOUT_MS;
  const speed = options.speed ?? 30;
  const time = createFastClock(speed);
  const dataDir = await mkdtemp(path.join(tmpdir(), 'cw-sim-'));
  const database = await openTestDatabase();
  const { prisma } = database;
  const events = await createEvents(database.listener);
  const envelopes = createEnvelopes(parseKeyRing(Buffer.alloc(32, 7).toString('base64')));
  const local = await createLocalMachines({
    dataDir,
    cacheDir: path.join(dataDir, 'cache'),
    hostCommand: STAND_IN_HOST,
    clock: time.clock,
  });
  const client = createMachinesClient({ baseUrl: local.baseUrl, clock: time.clock });
  const sent: SentCalls = { lists: [], creating: new Set() };
  const host = createHostClient();
  const impatientHost: HostClient = {
    ...host,
    status: async (target, signal) => {
      if (proxy.isFailing) throw new Error('The proxy answered 502 in the place of the machine.');
      return host.status(target, AbortSignal.any([signal, AbortSignal.timeout(callTimeoutMs)]));
    },
  };
  const upstream = createUpstream();
  const patientProbe = createMcpProbe((target) => {
    const upstreamFetch = createUpstreamFetch(upstream, target, 'catwalk');
    return async (url, init) => {
      if (proxy.isSilent) await once(init?.signal ?? NEVER_ABORTED, 'abort');
      return proxy.isFailing ? new Response(null, { status: 502 }) : upstreamFetch(url, init);
    };
  }, '0.0.0');
  const probe = impatientProbe(patientProbe, HANDSHAKE_CALLS * callTimeoutMs);
  const errors: unknown[] = [];
  /** Switches for unexpected errors. */
  const broken = { workplace: false };
  const outage: Outage = { state: 'up' };
  /** Fly's proxy, which may answer in the place of machines, or not at all. */
  const proxy = { isFailing: false, isSilent: false };
  let app: string = LOCAL_APP;
  const accounts = new Set<FlyAccount>();
  const workers = new Map<Life, { close(): Promise<void> }>();
  /** Runs outside of the transaction in which a worker dies: its successor must not be part of that transaction. */
  const outside = AsyncLocalStorage.snapshot();

  /** One backend instance. */
  const startWorker = (dieAt: Life['dieAt'] = null, onDeath: () => void = () => {}): Life => {
    const life = newLife(dieAt, () => {
      workers.delete(life);
      outside(onDeath);
    });
    // Each instance finds out for itself which apps there are.
    const account = createFlyAccount(
      {
        baseUrl: local.baseUrl,
        token: null,
        organization: 'personal',
        observe: () => {},
        clock: time.clock,
        appCallTimeoutMs: callTimeoutMs,
      },
      () => ({ network: false, privately: null }),
    );
    accounts.add(account);
    const fleet = {
      machines: killable(impatient(account.machines, callTimeoutMs, sent), life, 'machines'),
      get app() {
        return app;
      },
      addressModeOf: () => ({ kind: 'local' }) as const,
      kept: null,
      registriesFor: () => ({ trusted: [], login: null }),
      packageImages: null,
      networkWalls: { works: false, reason: 'The machines are simulated.', hint: '' } as const,
      image: 'local',
    };
    const killableDb = killableDatabase(withOutages(database, outage), life);
    workers.set(
      life,
      startReconciler({
        prisma: killableDb.prisma,
        database: killableDb,
        events,
        envelopes,
        host: killable(impatientHost, life, 'host'),
        probe: killable(probe, life, 'probe'),
        installationId: INSTALLATION,
        now: time.now,
        steadyMs: time.steadyMs,
        timers: killableTimers(time.timers, life),
        random: () => 0.5,
        healthIntervalMs: options.healthIntervalMs ?? 30_000,
        concurrency: options.concurrency ?? 8,
        ...(options.watchIntervalMs === undefined ? {} : { watchIntervalMs: options.watchIntervalMs }),
        findFleet: async () => {
          if (broken.workplace) throw new Error('The workplace cannot be found.');
          return fleet;
        },
        saveLogs: async () => {}, // stand-in hosts keep no log
        onError: (error) => {
          // Failures of the API and the database are simulated: workers handle them.
          if (!life.dead && !(error instanceof MachinesError || error instanceof OutageError)) errors.push(error);
        },
      }),
    );
    return life;
  };

  const actor: Actor = { userId: 'u1', role: 'ADMIN', scope: 'WRITE', via: 'session', ip: null };
  await prisma.user.create({ data: { id: actor.userId, name: 'Owner', email: 'owner@localhost' } });
  const service = createDeploymentService({
    database,
    events,
    envelopes,
    now: time.now,
    defaults: { region: 'local', memoryMb: 256 },
    regions: ['local'],
    memorySizesMb: [256, 512, 4096],
    networkWallsOf: async () => ({ works: true, mayNamePrivate: true }) as const,
    admitMachine: async () => {},
    resolvePackage: async (_actor, { spec }) => spec,
    newAccessToken,
  });
  const analysisId = await createStandInAnalysis(prisma, actor.userId);

  const deploy = async (values: Partial<DeployInput> = {}): Promise<string> => {
    const { deploymentId } = await service.deploy(actor, {
      analysisId,
      credentials: [],
      arguments: [],
      access: 'PUBLIC',
      isolation: 'AUTO',
      acceptUnverified: false,
      extraArguments: [],
      extraEnvironment: [],
      ...values,
    });
    return deploymentId;
  };

  const rows = createRowWaits(prisma, errors);

  return {
    time,
    prisma,
    database,
    events,
    service,
    actor,
    local,
    client,
    probe,
    host,
    envelopes,
    errors,
    broken,
    /** What happens to the database of the workers. */
    outage,
    proxy,
    app: () => app,
    /** Deployments made from now on have their machines in an app that no instance has made yet. */
    takeNewApp: (): void => {
      app = `catwalk-sim-${randomUUID().slice(0, 8)}`;
    },
    /** The filters of the workers' listings. */
    lists: sent.lists,
    /** So much time passes at once, while no create is under way: none takes a minute. */
    skip: async (milliseconds: number): Promise<void> => {
      while (sent.creating.size > 0) await Promise.all(sent.creating);
      time.skip(milliseconds);
    },
    workers,
    startWorker,
    deploy,
    ...rows,
    unique: randomUUID,
    wake: createWake({ database, events, now: time.now }),
    look: createLook({ database, events, now: time.now }),
    now: time.now,
    /** Resolves after two more listings of the workers' machine watch. */
    watched: async (): Promise<void> => {
      const enough = sent.lists.length + 2;
      await eventually('two more listings', () => sent.lists.length >= enough);
    },
    /** Resolves when the API no longer lists the machine. */
    absent: async (machineId: string): Promise<void> => {
      const isListed = async () => (await client.list(LOCAL_APP)).some(({ id }) => id === machineId);
      await eventually(`the machine ${machineId} is absent`, async () => !(await isListed()));
    },
    /** Slows the clock down on a busy computer, because time limits assume hosts that get the processor. */
    pace: async (): Promise<void> => {
      const startedAt = performance.now();
      await promisify(execFile)(process.execPath, ['-e', '']);
      time.setSpeed(Math.max(1, speed * Math.min(1, HOST_START_MS / (performance.now() - startedAt))));
    },
    standIn: (metadata: Record<string, string>) => standInConfig({}, { metadata }),
    /** The machines of every deployment. */
    listed: async () => {
      const found = new Map<string, Awaited<ReturnType<typeof client.list>>[number]>();
      // Every second look may miss the app, and every second look at the app a machine. An app may never have been made.
      for (let looks = 0; looks < 4; looks += 1)
        for (const machine of await client.list(app).catch(() => [])) found.set(machine.id, machine);
      return [...found.values()];
    },
    close: async () => {
      const closing = [...workers.values()].map((worker) => worker.close());
      await Promise.all(closing);
      for (const life of [...workers.keys()]) kill(life);
      time.stop();
      await local.close();
      await client.close();
      for (const account of accounts) await account.close();
      await host.close();
      await upstream.close();
      await database.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

export type Simulation = Awaited<ReturnType<typeof openSimulation>>;
export type SimulatedRow = NonNullable<Awaited<ReturnType<Simulation['read']>>>;
