import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { inspect } from 'node:util';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { eventually } from '#deploy/eventually.testing.ts';
import { createMachinesClient } from '#deploy/fly/client.ts';
import type { PackageSpec } from '#deploy/host/package-spec.ts';
import { createHostClient } from '#deploy/host-client.ts';
import { createLocalMachines, LOCAL_APP } from '#deploy/local/local-machines.ts';
import type { Database } from '#prisma/client.ts';
import type { Machine, Prisma } from '#prisma/generated/client/client.ts';
import { openTestDatabase } from '#prisma/test-database.testing.ts';
import { newAccessToken } from '#server/domain/access/token.ts';
import type { Actor } from '#server/domain/actor.ts';
import { createEnvelopes } from '#server/domain/credentials/envelope.ts';
import { parseKeyRing } from '#server/domain/credentials/key-ring.ts';
import { createEvents } from '#server/domain/events.ts';
import { saveLogs } from '#server/domain/logs/save.ts';
import { createUpstream } from '#server/mcp/upstream.ts';
import { createUpstreamFetch } from '#server/mcp/upstream-fetch.ts';
import { startReconciler } from '#server/workers/reconciler.ts';
import { createWake } from '../intents/wake.ts';
import { createMcpProbe } from '../reconcile/mcp-probe.ts';
import { hostTarget } from '../reconcile/observe.ts';
import { createDeploymentService } from '../service.ts';
import { createFastClock } from './fast-clock.testing.ts';

const INSTALLATION = '00000000-0000-4000-8000-000000000001';

const NEW_MACHINE_MS = 61_000;

/** The complete path from an intent to a running process, with real parts and one user. */
export async function openLifecycle(
  options: {
    healthIntervalMs?: number;
    handshakeTimeoutMs?: number;
    /** Outside the tests, which share a template. */
    database?: Database;
  } = {},
) {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'catwalk-lifecycle-'));
  const database = options.database ?? (await openTestDatabase());
  const { prisma } = database;
  const events = await createEvents(database.listener);
  const envelopes = createEnvelopes(parseKeyRing(Buffer.alloc(32, 7).toString('base64')));
  const openMachines = () => createLocalMachines({ dataDir, cacheDir: path.join(dataDir, 'cache') });
  let local = await openMachines();
  let machines = createMachinesClient({ baseUrl: local.baseUrl });
  const host = createHostClient();
  const upstream = createUpstream();
  const probe = createMcpProbe((target) => createUpstreamFetch(upstream, target, 'catwalk'), '0.0.0');
  const addressModeOf = () => ({ kind: 'local' }) as const;
  const { kept } = local;
  const networkWalls = local.isolation.network;
  const registriesFor = () => ({ trusted: [], login: null });
  const fleet = { app: LOCAL_APP, addressModeOf, image: 'local', packageImages: null, kept };
  const shared = { ...fleet, registriesFor, networkWalls };
  const findFleet = async () => ({ ...shared, machines }); // another client after a crash
  const errors: unknown[] = [];
  const time = createFastClock(1);
  const targetOf = async (row: Machine) => {
    const release = await prisma.release.findUniqueOrThrow({ where: { id: row.releaseId } });
    return hostTarget(envelopes, row, release, await findFleet());
  };

  const startWorker = () =>
    startReconciler({
      prisma,
      database,
      events,
      envelopes,
      host,
      probe,
      installationId: INSTALLATION,
      now: time.now,
      steadyMs: time.steadyMs,
      random: () => 0.5,
      healthIntervalMs: options.healthIntervalMs ?? 30_000,
      ...(options.handshakeTimeoutMs === undefined ? {} : { handshakeTimeoutMs: options.handshakeTimeoutMs }),
      concurrency: 8,
      findFleet,
      saveLogs: (machine, signal) => saveLogs({ prisma, host, targetOf }, machine, signal),
      onError: (error) => errors.push(error),
    });
  let worker = startWorker();

  const actor: Actor = { userId: 'u1', role: 'ADMIN', scope: 'WRITE', via: 'session', ip: null };
  await prisma.user.create({ data: { id: actor.userId, name: 'Owner', email: 'owner@localhost' } });

  const service = createDeploymentService({
    database,
    events,
    envelopes,
    now: time.now,
    defaults: { region: 'local', memoryMb: 256 },
    regions: ['local'],
    memorySizesMb: [256, 512],
    networkWallsOf: async () => ({ works: true, mayNamePrivate: true }) as const,
    admitMachine: async () => {},
    resolvePackage: async (_actor, { spec }) => spec,
    newAccessToken,
  });

  /** Writes the analysis of a package, as the pipeline does. */
  const analyzed = async (
    spec: PackageSpec,
    form: Partial<{ credentials: unknown[]; arguments: unknown[] }> = {},
  ): Promise<string> => {
    const name = 'name' in spec ? spec.name : 'server';
    const candidate = {
      key: 'c1',
      displayName: name,
      description: null,
      runtime: 'npm',
      deployable: true,
      notDeployableReason: null,
      package: name,
      version: 'version' in spec ? spec.version : '1.0.0',
      integrity: null,
      subfolder: null,
      runCommand: `npx -y ${name}`,
      arguments: form.arguments ?? [],
      credentials: form.credentials ?? [],
      verified: true,
      verdict: 'MCP_SERVER',
      tools: [],
      notes: null,
      spec,
      fixedArguments: [],
    };
    const row = await prisma.analysis.create({
      data: {
        ownerId: actor.userId,
        source: name,
        normalizedSource: name,
        status: 'DONE',
        result: { candidates: [candidate], warnings: [] } as Prisma.InputJsonObject, // plain data
        expiresAt: new Date(Date.now() + 3_600_000),
      },
    });
    return row.id;
  };

  const deploy = async (
    spec: PackageSpec,
    form: Parameters<typeof analyzed>[1] = {},
    values: Partial<Parameters<typeof service.deploy>[1]> = {},
  ): Promise<string> => {
    const { deploymentId } = await service.deploy(actor, {
      analysisId: await analyzed(spec, form),
      credentials: [],
      arguments: [],
      access: 'TOKEN',
      isolation: 'AUTO',
      acceptUnverified: false,
      extraArguments: [],
      extraEnvironment: [],
      ...values,
    });
    return deploymentId;
  };

  /** Waits for events until the deployment satisfies the condition; null when it is gone. */
  const until = async (
    id: string,
    condition: (row: NonNullable<Awaited<ReturnType<typeof read>>> | null) => boolean,
  ) => {
    const deadline = AbortSignal.timeout(40_000);
    const first = await read(id);
    if (condition(first)) return first;
    for await (const _ of events.subscribe('deployment', id, deadline)) {
      const row = await read(id);
      if (condition(row)) return row;
    }
    throw new Error(`It did not happen in time: ${inspect(await read(id), { depth: 4 })} ${inspect(errors)}`);
  };
  const read = (id: string) =>
    prisma.deployment.findUnique({
      where: { id },
      include: { currentRelease: true, machines: true, events: { orderBy: { id: 'asc' } } },
    });

  return {
    dataDir,
    database,
    prisma,
    events,
    service,
    actor,
    deploy,
    until,
    errors,
    time,
    wake: createWake({ database, events, now: time.now }),
    statusOf: async (machine: Machine | undefined) => {
      const target = machine ? await targetOf(machine) : null;
      return target && host.status(target, AbortSignal.timeout(5_000));
    },
    /** Resolves after a good health check later than `since`. Polls, because a good check writes no event. */
    checkedSince: async (id: string, since: Date): Promise<void> => {
      const isLater = (row: { lastHealthyAt: Date | null } | null) => (row?.lastHealthyAt ?? since) > since;
      await eventually(`${id} is healthy`, async () =>
        isLater(await prisma.deployment.findUnique({ where: { id }, select: { lastHealthyAt: true } })),
      );
    },
    /** Connects an MCP client through the endpoint's path, as the given principal. */
    connect: async (id: string, principal: string): Promise<Client> => {
      const row = await prisma.deployment.findUniqueOrThrow({ where: { id }, include: { machines: true } });
      const machine = row.machines.find(({ releaseId }) => releaseId === row.currentReleaseId);
      const target = machine ? await targetOf(machine) : null;
      if (!target) throw new Error('Its machine has no address.');
      const client = new Client({ name: 'test', version: '1' });
      const fetch = createUpstreamFetch(upstream, target, principal);
      await client.connect(new StreamableHTTPClientTransport(new URL('/mcp', target.origin), { fetch }));
      return client;
    },
    installation: INSTALLATION,
    unique: randomUUID,
    get machines() {
      return machines;
    },
    get local() {
      return local;
    },
    /** Kills the worker and the machines at any point of their work, as kill -9 does, then starts both again. */
    crashAndRestart: async () => {
      const closed = worker.close();
      await local.close();
      await machines.close();
      await closed;
      local = await openMachines();
      machines = createMachinesClient({ baseUrl: local.baseUrl });
      time.skip(NEW_MACHINE_MS); // a 404 of a machine that is still new would be doubted
      worker = startWorker();
    },
    close: async () => {
      await worker.close();
      time.stop();
      await local.close();
      await machines.close();
      await host.close();
      await upstream.close();
      await database.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
