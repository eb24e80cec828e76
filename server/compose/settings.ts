import { randomUUID } from 'node:crypto';
import { createMachinesClient, FLY_MACHINES_API } from '#deploy/fly/client.ts';
import { METADATA_KEYS } from '#deploy/machine-config.ts';
import { testMessage } from '#server/domain/alerts/alert.ts';
import { postAlert } from '#server/domain/alerts/post-alert.ts';
import type { SharedTools } from '#server/domain/analysis/context.ts';
import { createOwnerTools, type ToolsFor } from '#server/domain/analysis/llm/owner-tools.ts';
import type { FindFleet } from '#server/domain/deployments/reconcile/fleet.ts';
import type { Events } from '#server/domain/events.ts';
import { createSafeFetch } from '#server/domain/outbound/safe-fetch.ts';
import { defaultLimits } from '#server/domain/quotas/limits.ts';
import { createModelBudget } from '#server/domain/quotas/model-budget.ts';
import { createQuotas, type Quotas } from '#server/domain/quotas/quotas.ts';
import type { AppNames } from '#server/domain/settings/fly-target.ts';
import type { ReadOwnKeys } from '#server/domain/settings/own-keys.ts';
import { createSettingsService, type SettingsService } from '#server/domain/settings/service.ts';
import { createReadWebhook } from '#server/domain/settings/webhook.ts';
import type { Env } from '../env.ts';
import type { Log } from '../logging/log.ts';
import { ownAppOf, platformAppOf } from '../machines/fly.ts';
import type { Storage } from './storage.ts';

export type SettingsWiring = {
  env: Env;
  storage: Storage;
  events: Events;
  clock: () => Date;
  readOwnKeys: ReadOwnKeys;
  findFleet: FindFleet;
  analysisTools: Pick<SharedTools, 'tools' | 'memberTools' | 'gitHubWith' | 'imagesWith'>;
  log: Log;
};

export type Settings = {
  settings: SettingsService;
  quotas: Quotas;
  /** The tools of an analysis with its owner's own keys. */
  toolsFor: ToolsFor;
  close(): Promise<void>;
};

/** Opens the settings of users and the administrator, with the keys and quotas that follow from them. */
export function openSettings(wiring: SettingsWiring): Settings {
  const { env, storage, events, clock, readOwnKeys } = wiring;
  const { database, envelopes } = storage;
  const defaults = defaultLimits(env.singlePerson);
  const quotas = createQuotas({ prisma: database.prisma, defaults, clock });
  const imageRegistriesTrusted = env.IMAGE_REGISTRIES_TRUSTED ?? [];
  const { fetch, close } = createSafeFetch([env.GITHUB_API_URL, env.OPENROUTER_BASE_URL, ...imageRegistriesTrusted]);
  const alertOriginsTrusted = env.ALERT_ORIGINS_TRUSTED ?? [];
  const alertFetch = createSafeFetch(alertOriginsTrusted);
  const settings = createSettingsService({
    database,
    envelopes,
    events,
    clock,
    quotas,
    limits: defaults,
    machines: env.MACHINES,
    platformKeys: new Set([
      ...(env.FLY_API_TOKEN ? ['FLY' as const] : []),
      ...(env.OPENROUTER_API_KEY ? ['OPENROUTER' as const] : []),
      ...(env.GITHUB_TOKEN ? ['GITHUB' as const] : []),
    ]),
    checks: {
      fetch,
      gitHubApiUrl: env.GITHUB_API_URL,
      openRouterBaseUrl: env.OPENROUTER_BASE_URL,
      imageRegistriesTrusted,
      flyClient: (token) => createMachinesClient({ baseUrl: env.FLY_API_BASE_URL ?? FLY_MACHINES_API, token }),
    },
    alertOriginsTrusted,
    readWebhook: createReadWebhook({ prisma: database.prisma, envelopes }),
    sendTestAlert: async (webhook, signal) => {
      const test = { id: randomUUID(), message: testMessage(clock()) };
      const posted = await postAlert({ fetch: alertFetch.fetch, now: clock }, webhook, test, signal);
      return posted === 'delivered' ? null : posted.error;
    },
    appNamesOf: appNames(env, storage),
    countMachines: countMachines(wiring),
  });
  const toolsFor = createOwnerTools({
    ...wiring.analysisTools,
    administratorId: storage.owner.id,
    readOwnKeys,
    model: {
      platformKey: env.OPENROUTER_API_KEY ?? null,
      baseUrl: env.OPENROUTER_BASE_URL,
      name: env.OPENROUTER_MODEL,
    },
    budgetOf: (payer) => createModelBudget({ database, defaults, clock }, payer),
  });
  const closeAll = async () => {
    await Promise.all([close(), alertFetch.close()]);
  };
  return { settings, quotas, toolsFor, close: closeAll };
}

const appNames =
  (env: Env, { installation, owner }: Storage) =>
  (ownerId: string): AppNames => {
    const naming = { installation, administratorId: owner.id, sharedApp: env.FLY_MCP_APP_NAME ?? null };
    return { own: ownAppOf(naming, ownerId), platform: platformAppOf(naming, ownerId), shared: naming.sharedApp };
  };

/** A token that no longer works can tell nothing: it must not stand in the way of its own removal. */
const countMachines =
  ({ findFleet, storage, log }: SettingsWiring) =>
  async (ownerId: string, app: string, signal: AbortSignal): Promise<number> => {
    try {
      const { machines } = await findFleet(ownerId);
      const metadata = { [METADATA_KEYS.installation]: storage.installation };
      const found = await machines.list(app, { metadata, summary: true }, { signal });
      return found.filter(({ state }) => state !== 'destroyed').length;
    } catch (error) {
      log.warn({ err: error, app }, 'The app of a Fly token that is to be removed could not be looked at.');
      return 0;
    }
  };
