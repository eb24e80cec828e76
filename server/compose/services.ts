import { setTimeout } from 'node:timers/promises';
import { hashPassword, verifyPassword } from 'better-auth/crypto';
import type { HostClient } from '#deploy/host-client.ts';
import type { Machine } from '#prisma/generated/client/client.ts';
import type { Services } from '#schema/context.ts';
import { createAccessTokenService } from '#server/domain/access/service.ts';
import { newAccessToken } from '#server/domain/access/token.ts';
import type { Actor } from '#server/domain/actor.ts';
import { importTarball, packFolder } from '#server/domain/analysis/files/archive.ts';
import type { PackageIndexes } from '#server/domain/analysis/registries/indexed-package.ts';
import { readNpmConfiguration } from '#server/domain/analysis/registries/npm-configuration.ts';
import { type AnalysisService, createAnalysisService } from '#server/domain/analysis/service.ts';
import { auditDeployment } from '#server/domain/audit/audit.ts';
import { createActivityReader } from '#server/domain/calls/activity.ts';
import { createCallBodiesReader } from '#server/domain/calls/bodies.ts';
import { createCallFeed } from '#server/domain/calls/read-calls.ts';
import { readRecentUsage } from '#server/domain/calls/recent-usage.ts';
import { DEFAULT_MEMORY_MB, LOCAL_REGION, MACHINE_SIZES, regionsOf, TRIAL_SIZE } from '#server/domain/catalog.ts';
import { createBundleService } from '#server/domain/deployments/bundles/service.ts';
import { createDefinitionService } from '#server/domain/deployments/definitions/service.ts';
import { createDataService } from '#server/domain/deployments/intents/data-intents.ts';
import type { IntentDeps } from '#server/domain/deployments/intents/intent-deps.ts';
import { createOwnerIntents, type OwnerIntents } from '#server/domain/deployments/intents/owner-intents.ts';
import { createResolvePackage } from '#server/domain/deployments/intents/resolve-package.ts';
import { createLiveMachines } from '#server/domain/deployments/live-machine.ts';
import { createPersonalService } from '#server/domain/deployments/personal/service.ts';
import { createPublicPageService } from '#server/domain/deployments/public-page/service.ts';
import type { FindFleet } from '#server/domain/deployments/reconcile/fleet.ts';
import { hostTarget } from '#server/domain/deployments/reconcile/observe.ts';
import { createDeploymentService } from '#server/domain/deployments/service.ts';
import { createViewService } from '#server/domain/deployments/views/service.ts';
import type { Events } from '#server/domain/events.ts';
import { createAccountService } from '#server/domain/identity/account.ts';
import { type ApiTokenService, createApiTokenService } from '#server/domain/identity/api-tokens.ts';
import { createAttempts } from '#server/domain/identity/attempts.ts';
import { createDeviceLogins } from '#server/domain/identity/device-logins.ts';
import { createSessionService } from '#server/domain/identity/sessions.ts';
import { createLogFeed } from '#server/domain/logs/feed.ts';
import { DEFAULT_PROCESSOR } from '#server/domain/processors.ts';
import { createRegistryMirror } from '#server/domain/registry/mirror.ts';
import type { RegistryService } from '#server/domain/registry/service.ts';
import type { ReadOwnKeys } from '#server/domain/settings/own-keys.ts';
import { createSharing } from '#server/domain/sharing/shares.ts';
import { createTeams } from '#server/domain/sharing/teams.ts';
import { systemTimers } from '#server/domain/timers.ts';
import { createTrialService, type TrialService } from '#server/domain/trials/service.ts';
import { readMachineUsage } from '#server/domain/usage/machine-usage.ts';
import { createUsageService, type UsageService } from '#server/domain/usage/service.ts';
import type { Env } from '../env.ts';
import type { Log } from '../logging/log.ts';
import { createAnalysisTools } from './analysis-tools.ts';
import { localBuilders, remoteBuilders } from './builders.ts';
import { openSettings } from './settings.ts';
import type { Storage } from './storage.ts';

export type ServiceDeps = {
  env: Env;
  /** npm's own configuration is read from it. */
  environment: Record<string, string | undefined>;
  dataDir: string;
  storage: Storage;
  events: Events;
  host: HostClient;
  findFleet: FindFleet;
  readOwnKeys: ReadOwnKeys;
  registry: RegistryService;
  clock: () => Date;
  log: Log;
};

export type AppServices = Omit<
  Services,
  | 'doctor'
  | 'credentialTests'
  | 'localSignIn'
  | 'members'
  | 'rotateKeys'
  | 'consent'
  | 'connections'
  | 'machineClients'
  | 'trustedIssuers'
  | 'remoteSignIn'
> & {
  analysis: AnalysisService;
  apiTokens: ApiTokenService;
  trials: TrialService;
  usage: UsageService;
  /** The platform's own, for what is looked up without anybody asking. */
  indexes: PackageIndexes;
  ownerIntents: OwnerIntents;
  /** How the host of a machine is reached. */
  targetOf: (machine: Machine) => ReturnType<typeof hostTarget>;
};

/** Everything a user can ask for, on one database. */
export async function createServices(deps: ServiceDeps): Promise<AppServices> {
  const { env, storage, events, clock, log } = deps;
  const { database, envelopes } = storage;
  const { prisma, transaction } = database;
  const shared = createAnalysisTools({
    npmConfiguration: await readNpmConfiguration({ env: deps.environment, cwd: process.cwd() }),
    npmRegistryUrl: env.NPM_REGISTRY_URL,
    pypiUrl: env.PYPI_URL,
    githubApiUrl: env.GITHUB_API_URL,
    githubToken: env.GITHUB_TOKEN?.reveal() ?? null,
    mcpRegistryUrl: env.MCP_REGISTRY_URL,
    imageRegistriesTrusted: env.IMAGE_REGISTRIES_TRUSTED,
    builders: env.MACHINES === 'local' ? localBuilders : remoteBuilders,
    registryMirror: createRegistryMirror(prisma),
    dataDir: deps.dataDir,
    now: clock,
  });
  const { settings, quotas, toolsFor, close: closeSettings } = openSettings({ ...deps, analysisTools: shared });
  // A folder is read as the server's own user: of several people only the administrator may name one.
  const localPathsAllowed = (actor: Actor): boolean =>
    env.MACHINES === 'local' && isLoopback(actor) && (env.singlePerson || actor.role === 'ADMIN');
  const analysis = createAnalysisService({
    database,
    notify: (db, id) => events.publish(db, 'analysis', id),
    toolsFor,
    now: clock,
    admit: quotas.admitAnalysis,
    localPathsAllowed,
    log: (level, message, details) => log[level](details, message),
  });
  const regions = regionsOf(env.MACHINES).map(({ code }) => code);
  const defaults = { region: regions[0] ?? LOCAL_REGION, memoryMb: DEFAULT_MEMORY_MB };
  const trials = createTrialService({
    database,
    notify: (db, id) => events.publish(db, 'analysis', id),
    changesOf: (id, signal) => events.subscribe('analysis', id, signal),
    admit: (tx, userId) => quotas.admitMachine(tx, userId, null),
    findFleet: deps.findFleet,
    host: deps.host,
    installationId: storage.installation,
    // A trial takes a minute or two: a core of its own costs a tenth of a cent, and measures undisturbed.
    machine: {
      ...(env.MACHINES === 'local'
        ? { ...defaults, processor: DEFAULT_PROCESSOR.name }
        : { ...defaults, ...TRIAL_SIZE }),
      pause: (ms, signal) => setTimeout(ms, undefined, { signal }),
    },
    now: clock,
    clock: () => performance.now(),
    timers: systemTimers,
    log: (level, message, details) => log[level](details, message),
  });

  const attempts = createAttempts({ prisma, clock });
  const apiTokens = createApiTokenService({ prisma, transaction, events, clock });

  const targetOf = async (machine: Machine) => {
    const release = await prisma.release.findUnique({
      where: { id: machine.releaseId },
      select: { id: true, hostToken: true, deployment: { select: { ownerId: true } } },
    });
    if (!release) return null; // deleted in the meantime
    return hostTarget(envelopes, machine, release, await deps.findFleet(release.deployment.ownerId));
  };

  const personal = createPersonalService({ prisma, transaction, events, envelopes, clock });

  const networkWallsOf = async (ownerId: string) => (await deps.findFleet(ownerId)).networkWalls;

  const intents: IntentDeps = {
    database,
    events,
    envelopes,
    networkWallsOf,
    now: clock,
    defaults,
    regions,
    memorySizesMb: MACHINE_SIZES.map(({ memoryMb }) => memoryMb),
    admitMachine: quotas.admitMachine,
    resolvePackage: createResolvePackage({
      indexes: shared.tools.indexes,
      // Only the tools for GitHub and for images are used, so no analysis costs anything.
      gitHubOf: async (ownerId) => (await toolsFor({ id: ownerId, ownerId })).github,
      imagesOf: async (ownerId) => (await toolsFor({ id: ownerId, ownerId })).images,
      pack: async (actor, source, signal) =>
        localPathsAllowed(actor)
          ? (source.kind === 'folder' ? packFolder : importTarball)(source.path, deps.dataDir, signal)
          : null,
    }),
    newAccessToken,
  };

  return {
    networkWallsOf,
    definitions: createDefinitionService({ database, events, now: clock }),
    data: createDataService({ database, keptFilesOf: async (ownerId) => (await deps.findFleet(ownerId)).kept }),
    deployments: createDeploymentService(intents),
    bundles: createBundleService(intents),
    analysis: {
      ...analysis,
      close: async () => {
        await analysis.close();
        await Promise.all([shared.close(), closeSettings()]);
      },
    },
    personal,
    sharing: createSharing({ transaction, events, clock }),
    teams: createTeams({ transaction, events, clock }),
    views: createViewService({ transaction, events, clock }),
    publicPages: createPublicPageService({ transaction, clock }),
    accessTokens: createAccessTokenService({
      prisma,
      transaction,
      events,
      clock,
      saveValues: personal.saveForToken,
      audit: auditDeployment,
    }),
    apiTokens,
    trials,
    sessions: createSessionService({ transaction, events }),
    account: createAccountService({
      prisma,
      transaction,
      events,
      attempts,
      clock,
      passwords: { hash: hashPassword, verify: verifyPassword },
    }),
    ownerIntents: createOwnerIntents({ events, admitMachine: quotas.admitMachine, now: clock }),
    deviceLogins: createDeviceLogins({ prisma, transaction, apiTokens, attempts, clock }),
    settings,
    registry: deps.registry,
    logs: createLogFeed({ prisma, events, host: deps.host, targetOf }),
    usage: createUsageService({ prisma, clock }),
    liveMachines: createLiveMachines({ prisma, host: deps.host, targetOf, now: clock }),
    activity: createActivityReader({ prisma, now: clock ?? (() => new Date()) }),
    recentUsage: (id, range) => readRecentUsage({ prisma, now: clock ?? (() => new Date()) }, id, range),
    machineUsage: (id, over) => readMachineUsage({ prisma, now: clock }, id, over),
    calls: createCallFeed({ prisma, events }),
    callBodies: createCallBodiesReader({ prisma, envelopes }),
    indexes: shared.tools.indexes,
    targetOf,
  };
}

/** A folder of this computer is a source only for callers on this computer. */
const isLoopback = ({ ip }: Actor): boolean => ip !== null && (ip === '::1' || ip.startsWith('127.'));
