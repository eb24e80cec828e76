import { AsyncLocalStorage } from 'node:async_hooks';
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { inspect, promisify } from 'node:util';
import type { ListMachinesFilter, MachinesClient } from '#deploy/fly/calls.ts';
import { createMachinesClient } from '#deploy/fly/client.ts';
import { MachinesError } from '#deploy/fly/errors.ts';
import { createHostClient, type HostClient } from '#deploy/host-client.ts';
import { STAND_IN_HOST, standInConfig } from '#deploy/local/fixtures/test-machines.ts';
import { createLocalMachines, LOCAL_APP } from '#deploy/local/local-machines.ts';
import type { Prisma } from '#prisma/generated/client/client.ts';
import { openTestDatabase } from '#prisma/test-database.testing.ts';
import { newAccessToken } from '#server/domain/access/token.ts';
import type { Actor } from '#server/domain/actor.ts';
import { createEnvelopes } from '#server/domain/credentials/envelope.ts';
import { parseKeyRing } from '#server/domain/credentials/key-ring.ts';
import { createEvents } from '#server/domain/events.ts';
import { createUpstream } from '#server/mcp/upstream.ts';
import { createUpstreamFetch } from '#server/mcp/upstream-fetch.ts';
import { startReconciler } from '#server/workers/reconciler.ts';
import { createDeploymentService } from '../intents/create-service.ts';
import { createWake } from '../intents/wake.ts';
import { createHandshake } from '../reconcile/handshake.ts';
import type { DeployInput } from '../rows/deployment-data.ts';
import { kill, type Life, mortal, mortalDatabase, mortalTimers, newLife } from './mortal.testing.ts';
import { createQuickTime } from './quick-time.testing.ts';

export const INSTALLATION = '00000000-0000-4000-8000-000000000001';
/** Real time, however quick the clock is: a call that hangs is given up after it. */
const CALL_TIMEOUT_MS = 1_000;
/** Real time, for what never comes: a deletion may wait for calls that hang, on a computer that is busy. */
const WAIT_MS_MAX = 90_000;
/** How long a host takes to start on a computer with nothing else to do. */
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
 * The lifecycle with everything real but the package: database, workers, Machines API, host processes that need no
 * installation. Its clock runs `speed` times as quickly, and its workers can be killed at any call they make.
 */
export async function openSimulation(options: SimulationOptions = {}) {
  const callTimeoutMs = options.callTimeoutMs ?? CALL_TIMEOUT_MS;
  const speed = options.speed ?? 30;
  const time = createQuickTime(speed);
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
  const lists: (ListMachinesFilter | undefined)[] = [];
  const machines = impatient(client, callTimeoutMs, lists);
  const host = createHostClient();
  const impatientHost: HostClient = {
    ...host,
    status: (target, signal) => host.status(target, AbortSignal.any([signal, AbortSignal.timeout(callTimeoutMs)])),
  };
  const upstream = createUpstream();
  const handshake = createHandshake((target) => createUpstreamFetch(upstream, target, 'catwalk'), '0.0.0');
  const errors: unknown[] = [];
  /** What fails as nobody expects. */
  const broken = { workplace: false };
  const workers = new Map<Life, { close(): Promise<void> }>();
  /** A worker that starts when another dies in a transaction is not in that transaction. */
  const outside = AsyncLocalStorage.snapshot();

  /** One backend instance. */
  const startWorker = (dieAt: Life['dieAt'] = null, onDeath: () => void = () => {}): Life => {
    const life = newLife(dieAt, () => {
      workers.delete(life);
      outside(onDeath);
    });
    const place = {
      machines: mortal(machines, life, 'machines'),
      app: LOCAL_APP,
      modeOf: () => ({ kind: 'local' }) as const,
      image: 'local',
    };
    const mortalDb = mortalDatabase(database, life);
    workers.set(
      life,
      startReconciler({
        prisma: mortalDb.prisma,
        database: mortalDb,
        events,
        envelopes,
        host: mortal(impatientHost, life, 'host'),
        handshake: mortal(handshake, life, 'handshake'),
        installationId: INSTALLATION,
        now: time.now,
        timers: mortalTimers(time.timers, life),
        random: () => 0.5,
        healthIntervalMs: options.healthIntervalMs ?? 30_000,
        concurrency: options.concurrency ?? 8,
        ...(options.watchIntervalMs === undefined ? {} : { watchIntervalMs: options.watchIntervalMs }),
        findWorkplace: async () => {
          if (broken.workplace) throw new Error('The workplace cannot be found.');
          return place;
        },
        saveLogs: async () => {}, // stand-in hosts keep no log
        onError: (error) => {
          // That the API fails is what is simulated: only the watch tells it, workers take it into account.
          if (!life.dead && !(error instanceof MachinesError)) errors.push(error);
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
    admitMachine: async () => {},
    resolvePackage: async (_actor, { spec }) => spec,
    newAccessToken,
  });
  const analysis = await prisma.analysis.create({
    data: {
      ownerId: actor.userId,
      source: 'stand-in',
      normalizedSource: 'stand-in',
      status: 'DONE',
      result: { candidates: [CANDIDATE], warnings: [] } as Prisma.InputJsonObject, // plain data
      expiresAt: new Date(Date.now() + 3_600_000),
    },
  });

  const deploy = async (values: Partial<DeployInput> = {}): Promise<string> => {
    const { deploymentId } = await service.deploy(actor, {
      analysisId: analysis.id,
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

  const read = (id: string) =>
    prisma.deployment.findUnique({
      where: { id },
      include: { currentRelease: true, machines: true, events: { orderBy: { id: 'asc' } } },
    });
  type Row = NonNullable<Awaited<ReturnType<typeof read>>>;

  /** The deployment once it satisfies the condition; null when it is gone. Woken by its events, and looks now and then. */
  const until = async <T extends Row | null>(
    id: string,
    condition: (row: Row | null) => row is T,
    limitMs = WAIT_MS_MAX,
  ): Promise<T> => {
    const deadline = Date.now() + limitMs;
    for (;;) {
      const row = await read(id);
      if (condition(row)) return row;
      if (Date.now() > deadline) {
        throw new Error(`It did not happen in time: ${inspect(row, { depth: 3 })} ${inspect(errors)}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 15));
    }
  };

  return {
    time,
    prisma,
    database,
    events,
    service,
    actor,
    local,
    client,
    handshake,
    host,
    envelopes,
    errors,
    broken,
    /** What the workers' listings asked for. */
    lists,
    workers,
    startWorker,
    deploy,
    read,
    until,
    unique: randomUUID,
    wake: createWake({ database, events, now: time.now }),
    /** Set once: the row as soon as the condition holds. */
    when: (id: string, condition: (row: Row) => boolean, limitMs?: number): Promise<Row> =>
      until(id, (row): row is Row => row !== null && condition(row), limitMs),
    whenGone: (id: string): Promise<null> => until(id, (row): row is null => row === null),
    /** Once the workers' watch has looked at all machines two times more. */
    watched: async (): Promise<void> => {
      const enough = lists.length + 2;
      while (lists.length < enough) await new Promise((resolve) => setTimeout(resolve, 10));
    },
    /** Once the API lists it no more. */
    absent: async (machineId: string): Promise<void> => {
      for (let left = 2_000; left > 0; left -= 1) {
        if (!(await client.list(LOCAL_APP)).some(({ id }) => id === machineId)) return;
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      throw new Error(`The machine ${machineId} is still there.`);
    },
    /** Slows the clock down as far as this computer is busy: limits are meant for hosts that get the processor. */
    pace: async (): Promise<void> => {
      const startedAt = performance.now();
      await promisify(execFile)(process.execPath, ['-e', '']);
      time.setSpeed(Math.max(1, speed * Math.min(1, HOST_START_MS / (performance.now() - startedAt))));
    },
    standIn: (metadata: Record<string, string>) => standInConfig({}, { metadata }),
    /** All machines there are, of every deployment. */
    listed: () => client.list(LOCAL_APP),
    close: async () => {
      const closing = [...workers.values()].map((worker) => worker.close());
      await Promise.all(closing);
      for (const life of [...workers.keys()]) kill(life);
      time.stop();
      await local.close();
      await client.close();
      await host.close();
      await upstream.close();
      await database.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

export type Simulation = Awaited<ReturnType<typeof openSimulation>>;
export type SimulatedRow = NonNullable<Awaited<ReturnType<Simulation['read']>>>;

const CANDIDATE = {
  key: 'c1',
  displayName: 'stand-in',
  description: null,
  runtime: 'NPM',
  deployable: true,
  notDeployableReason: null,
  package: 'stand-in',
  version: '1.0.0',
  integrity: null,
  subfolder: null,
  runCommand: 'npx -y stand-in',
  arguments: [],
  credentials: [],
  verified: true,
  verdict: 'MCP_SERVER',
  tools: [],
  notes: null,
  spec: { runtime: 'npm', name: 'stand-in', version: '1.0.0' },
  fixedArguments: [],
};

/** The same client, whose calls give up soon: hanging is one of the faults, and must not take a minute. */
const impatient = (
  client: MachinesClient,
  timeoutMs: number,
  lists: (ListMachinesFilter | undefined)[],
): MachinesClient => ({
  ...client,
  create: (app, input, call) => client.create(app, input, { ...call, timeoutMs }),
  get: (app, id, call) => client.get(app, id, { ...call, timeoutMs }),
  find: (app, id, call) => client.find(app, id, { ...call, timeoutMs }),
  list: (app, filter, call) => {
    lists.push(filter);
    return client.list(app, filter, { ...call, timeoutMs });
  },
  start: (app, id, call) => client.start(app, id, { ...call, timeoutMs }),
  stop: (app, id, stop, call) => client.stop(app, id, stop, { ...call, timeoutMs }),
  suspend: (app, id, call) => client.suspend(app, id, { ...call, timeoutMs }),
  delete: (app, id, call) => client.delete(app, id, { ...call, timeoutMs }),
});
