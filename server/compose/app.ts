import { setTimeout } from 'node:timers/promises';
import type { buildConnector } from 'undici';
import { PLATFORM_PRINCIPAL } from '#deploy/host/contract.ts';
import { createHostClient } from '#deploy/host-client.ts';
import type { LocalMachinesOptions } from '#deploy/local/local-machines.ts';
import type { KnownSecrets } from '#server/domain/credentials/known-secrets.ts';
import { createMcpProbe } from '#server/domain/deployments/reconcile/mcp-probe.ts';
import { forgetLocalMachines } from '#server/domain/deployments/upkeep/after-restart.ts';
import { createEvents } from '#server/domain/events.ts';
import { createSignInLinks } from '#server/domain/identity/sign-in-links.ts';
import { createOwnKeys } from '#server/domain/settings/own-keys.ts';
import manifest from '../../package.json' with { type: 'json' };
import type { Env } from '../env.ts';
import { openParts } from '../health/open-parts.ts';
import { before } from '../http/before.ts';
import { createClientAddress } from '../http/client-address.ts';
import type { Log } from '../logging/log.ts';
import { beginWallProbe } from '../machines/local.ts';
import { bundleConnector } from '../mcp/bundles/gateway.ts';
import { ENDPOINT_PREFIX } from '../mcp/endpoint-path.ts';
import { createUpstream } from '../mcp/upstream.ts';
import { createUpstreamFetch } from '../mcp/upstream-fetch.ts';
import { createExposition } from '../metrics/exposition.ts';
import { openMetrics } from '../metrics/open-metrics.ts';
import type { ProcessGroup } from '../metrics/process-group.ts';
import { type DataFolder, holdDataFolder, makeDataFolder } from '../process/data-folder.ts';
import { INSTALLATION } from '../process/installation.ts';
import { openTracing } from '../tracing/open-tracing.ts';
import { both, openEndpoint } from './endpoint.ts';
import { listenHttp } from './http-server.ts';
import { openMachines } from './machines.ts';
import { openMetricsPort } from './metrics-port.ts';
import { openOAuth } from './oauth.ts';
import { openPersonal } from './personal.ts';
import { openRegistry } from './registry.ts';
import { openRemote } from './remote.ts';
import { createServices } from './services.ts';
import { prepareSignIn } from './sign-in.ts';
import { openStorage, type Storage } from './storage.ts';
import { openWeb } from './web.ts';
import { startWorkers } from './workers.ts';

const { version } = manifest;
const OPENED_TO_OTHERS =
  'Other users of this computer could open this until now. If it has other users, run npm run keys:rotate.';
const HEALTH_INTERVAL_MS = 30_000;
/** Time for open calls after a request to stop; the rest of the time is for closing. */
const DRAIN_MS_MAX = 15_000;
const LAST_REQUESTS_MS = 1_000;
/** The time after which an analysis of another instance counts as abandoned. */
const ABANDONED_ANALYSIS_MS = 5 * 60 * 1000;

export type AppOptions = {
  env: Env;
  log: Log;
  /** Keeps values that come up out of the log. */
  knownSecrets?: KnownSecrets;
  /** The variables of this process: the configuration of npm, and the part that hosts of local machines may read. */
  environment: Record<string, string | undefined>;
  clock?: () => Date;
  dashboardDirectory?: string;
  healthIntervalMs?: number;
  /** Origins of OAuth client documents that are trusted although they are not public addresses. */
  trustedDocumentOrigins?: readonly string[];
  /** False leaves the background work to other instances. */
  workers?: boolean;
  /** An open database, which the caller closes. */
  storage?: Storage;
  hostCommand?: LocalMachinesOptions['hostCommand'];
  /** Set in one of several processes on one data folder; the process that started them holds the folder. */
  processGroup?: { isFirst: boolean; group: ProcessGroup };
  /** Connects to machines in another way than their addresses say. */
  connect?: buildConnector.connector;
};

export type App = {
  /** The address of the server, such as http://localhost:3000. */
  url: string;
  port: number;
  dataDir: string;
  /** Signs the administrator in, once; null once they have signed in on a server that others reach. */
  signInUrl: string | null;
  /** Resolves with the reason when the embedded database cannot go on. */
  broken: Promise<Error>;
  /** Gives work under way back, ends local machines, closes everything. */
  close(): Promise<void>;
};

/** Puts the whole server together. @throws StartError when it cannot start for a reason that people can mend. */
export async function createApp(options: AppOptions): Promise<App> {
  const { env, log, environment } = options;
  const clock = options.clock ?? (() => new Date());
  await using opened = new AsyncDisposableStack(); // closes what is open when the start fails

  const folder = await openDataFolder(options);
  opened.defer(folder.release);
  for (const path of folder.repaired) log.warn({ path }, OPENED_TO_OTHERS);
  const http = await listenHttp(env, env.DATABASE_URL !== undefined);
  opened.defer(http.close);
  const publicUrl = env.PUBLIC_URL ?? `http://localhost:${http.port}`;

  const walls = beginWallProbe(options);
  const storage = options.storage ?? (await openStorage(env, folder.path, options.knownSecrets));
  const { database, envelopes, installation } = storage;
  const { prisma } = database;
  if (!options.storage) opened.defer(database.close);
  const bus = await createEvents(database.listener);
  const isMeasured = env.METRICS_TOKEN !== undefined || env.METRICS_PORT !== undefined;
  const measured = isMeasured ? openMetrics({ prisma, events: bus, now: clock }) : null;
  if (measured) opened.defer(async () => measured.close());
  const metrics = measured?.metrics ?? null;
  const expose = metrics && createExposition(metrics, options.processGroup?.group ?? null);
  const events = measured?.events ?? bus;
  const { parts, reportMachinesCall, close: closeParts } = openParts(events, clock);
  opened.defer(closeParts);

  const { readOwnKeys, close: closeKeys } = createOwnKeys({ prisma, envelopes, events });
  opened.defer(closeKeys);
  const machines = await openMachines({
    env,
    dataDir: folder.path,
    installation,
    administratorId: storage.owner.id,
    readOwnKeys,
    prisma,
    connect: options.connect,
    log: (level, message, details) => log[level](details, message),
    environment,
    onHostOutput: (machineId, line) => log.debug({ machineId, line }, 'host'),
    onWarning: (machineId, message) => log.warn({ machineId }, message),
    observe: metrics ? both(reportMachinesCall, metrics.machinesCall) : reportMachinesCall,
    ...(options.hostCommand === undefined ? {} : { hostCommand: options.hostCommand }),
    ...(walls && { walls }),
  });
  opened.defer(machines.close);
  if (machines.isolation)
    log.info({ component: 'machines', hint: machines.isolation.hint }, machines.isolation.summary);
  if (machines.startsEmpty) await forgetLocalMachines({ database, events, now: clock });
  const remote = await openRemote({
    storage,
    events,
    clock,
    trustedOrigins: env.REMOTE_ORIGINS_TRUSTED ?? [],
    connect: options.connect,
  });
  opened.defer(remote.close);
  let bundlePort = 0; // known once the endpoint is open, and dialled from then on
  const dialled = { connect: bundleConnector(remote.connect, () => bundlePort) };
  const host = createHostClient(dialled);
  opened.defer(host.close);
  const upstream = createUpstream(dialled);
  opened.defer(upstream.close);
  opened.defer(http.close); // again here: after the parts that hold requests open, before those that answer them

  const tracing = await openTracing({
    endpoint: env.OTEL_EXPORTER_OTLP_ENDPOINT,
    version,
    onWarning: (message) => log.warn({ component: 'tracing' }, message),
  });
  if (tracing) opened.defer(tracing.close);

  const registry = openRegistry({ env, storage, clock, log });
  opened.defer(registry.close);

  const { deleteAppOf } = machines;
  const findFleet = remote.fleetsWith(machines.findFleet);
  const deps = {
    env,
    environment,
    dataDir: folder.path,
    storage,
    events,
    host,
    findFleet,
    readOwnKeys,
    registry: registry.service,
    clock,
    log,
  };
  const { targetOf, indexes, ownerIntents, ...services } = await createServices(deps);
  const remoteSignIn = remote.createSignIn({ publicUrl, start: services.deployments.start });
  opened.defer(services.analysis.close);
  opened.defer(services.trials.close);

  const addressOf = createClientAddress(env.TRUST_PROXY);
  const { usage } = services;
  const trustedDocumentOrigins = options.trustedDocumentOrigins ?? [];
  const outageMsMax = env.DATABASE_OUTAGE_SECONDS * 1_000;
  const oauth = openOAuth({ publicUrl, storage, events, clock, outageMsMax, trustedDocumentOrigins, env });
  opened.defer(oauth.close);
  const personal = openPersonal({ publicUrl, storage, events, host, targetOf, clock, log });
  opened.defer(personal.close);
  const {
    endpoint,
    bundlePort: port,
    close: closeEndpoint,
  } = await openEndpoint({
    env,
    publicUrl,
    storage,
    events,
    upstream,
    usage,
    host,
    targetOf,
    oauth: oauth.authority,
    values: personal.values,
    addressOf,
    clock,
    metrics,
    tracing,
    log,
  });
  bundlePort = port;
  opened.defer(closeEndpoint);

  const links = createSignInLinks({ prisma, clock });
  let cliTokenId: string | null = null;
  const webApp = openWeb({
    env,
    publicUrl,
    port: http.port,
    dataDir: folder.path,
    version,
    storage,
    events,
    services,
    ownerIntents,
    oauth: oauth.server,
    remoteSignIn,
    links,
    cliTokenId: () => cliTokenId,
    addressOf,
    dashboardDirectory: options.dashboardDirectory ?? INSTALLATION.dashboard,
    metrics,
    expose,
    isolation: machines.isolation,
    parts,
    clock,
    log,
  });
  opened.defer(webApp.close);

  if (options.workers ?? true) {
    const workers = startWorkers({
      env,
      storage,
      events,
      host,
      findFleet,
      deleteAppOf,
      targetOf,
      letGo: remote.revokeLast,
      probe: createMcpProbe((target) => createUpstreamFetch(upstream, target, PLATFORM_PRINCIPAL), version),
      indexes,
      clock,
      healthIntervalMs: options.healthIntervalMs ?? HEALTH_INTERVAL_MS,
      metrics,
      tracing,
      parts,
      log,
    });
    opened.defer(workers.close);
    opened.defer(registry.startSync().close);
  }
  if (expose) opened.defer(await openMetricsPort({ env, log }, expose));
  await services.analysis.resume(database.kind === 'pglite' ? 0 : ABANDONED_ANALYSIS_MS);

  const signIn = await prepareSignIn({
    env,
    storage,
    links,
    apiTokens: services.apiTokens,
    dataDir: folder.path,
    port: http.port,
    publicUrl,
  });
  cliTokenId = signIn.cliTokenId;
  const signInUrl = options.processGroup?.isFirst === false ? null : await signIn.createLink();

  await http.serve({ request: before(ENDPOINT_PREFIX, endpoint.handle, webApp.request), upgrade: webApp.upgrade });
  const running = opened.move();
  const close = async () => {
    http.stopListening();
    if (database.kind === 'postgres') {
      // Other instances continue. A proxy in front reuses its connections: each response says that it is the last one.
      await Promise.all([endpoint.drain(DRAIN_MS_MAX), setTimeout(LAST_REQUESTS_MS)]);
    }
    await running.disposeAsync();
  };
  return { url: publicUrl, port: http.port, dataDir: folder.path, signInUrl, broken: database.broken, close };
}

async function openDataFolder({ env, processGroup }: AppOptions): Promise<DataFolder> {
  return processGroup ? makeDataFolder(env.CATWALK_DATA_DIR) : holdDataFolder(env.CATWALK_DATA_DIR);
}
