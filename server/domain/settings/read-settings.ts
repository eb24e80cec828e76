import type { ServiceKey } from '#prisma/generated/client/client.ts';
import type { KeyService } from '#prisma/generated/client/enums.ts';
import type { Actor } from '../actor.ts';
import { INSTALLATION_SETTINGS } from '../installation-row.ts';
import { readLimits } from '../quotas/limits.ts';
import { namesHeldBy } from './fly-target.ts';
import { factsSchema, maskedKey } from './service-key.ts';
import type { SettingsDeps } from './settings-deps.ts';
import { DEFAULT_SIGN_UP } from './sign-up.ts';
import type { FlyView, InstallationView, KeyView, SettingsView } from './views.ts';

/** Returns the settings that a user may see: never a key, and of the platform's only that it exists. */
export async function readSettings(deps: SettingsDeps, actor: Actor): Promise<SettingsView> {
  const { userId } = actor;
  const rows = await deps.database.prisma.serviceKey.findMany({ where: { userId } });
  const view = (service: KeyService): KeyView => {
    const row = rows.find((one) => one.service === service);
    return row ? ownView(row) : { ...NO_KEY, service, source: deps.platformKeys.has(service) ? 'PLATFORM' : 'NONE' };
  };
  const { usage, limits } = await deps.quotas.read(userId);
  return {
    fly: await flyView(deps, userId, view('FLY'), rows),
    openRouter: view('OPENROUTER'),
    gitHub: view('GITHUB'),
    registries: view('REGISTRIES'),
    usage,
    limits,
    installation: actor.role === 'ADMIN' ? await readInstallation(deps) : null,
  };
}

const NO_KEY = { masked: null, checkedAt: null, problem: null, account: null };

const ownView = ({ service, ending, checkedAt, problem, facts }: ServiceKey): KeyView => ({
  service,
  source: 'OWN',
  masked: maskedKey(ending),
  checkedAt,
  problem,
  account: factsSchema.parse(facts).account,
});

async function flyView(
  { database, machines }: SettingsDeps,
  userId: string,
  key: KeyView,
  rows: readonly ServiceKey[],
): Promise<FlyView> {
  const { prisma } = database;
  const inUse = machines === 'fly';
  const row = rows.find(({ service }) => service === 'FLY');
  const { organization, app } = row ? factsSchema.parse(row.facts) : { organization: null, app: null };
  if (app === null) return { ...key, organization, app, appPending: false, heldBy: [], inUse };
  const used = await prisma.machineApp.count({ where: { app, ownerId: userId } });
  const heldBy = inUse ? await namesHeldBy(prisma, userId, app) : [];
  return { ...key, organization, app, appPending: used === 0, heldBy, inUse };
}

async function readInstallation({ database, limits, machines }: SettingsDeps): Promise<InstallationView> {
  const row = await database.prisma.installationSettings.findUnique({ where: { id: INSTALLATION_SETTINGS } });
  return {
    signUp:
      machines === 'local'
        ? { mode: 'CLOSED', allowed: [] }
        : { mode: row?.signUp ?? DEFAULT_SIGN_UP, allowed: row?.signUpAllowed ?? [] },
    quotas: await readLimits(database.prisma, limits),
    webhook: row?.webhookUrl ? { url: row.webhookUrl } : null,
  };
}
