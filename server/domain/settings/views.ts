import type { KeyService, SignUpMode } from '#prisma/generated/client/enums.ts';
import type { QuotaLimits } from '../quotas/limits.ts';
import type { QuotaUsage } from '../quotas/usage.ts';
import type { InstallationChange } from './installation-settings.ts';

/** The owner of the key that is used. */
export type KeySource = 'NONE' | 'OWN' | 'PLATFORM';

export type KeyView = {
  service: KeyService;
  source: KeySource;
  /** The user's own key as dots and its last characters. */
  masked: string | null;
  checkedAt: Date | null;
  /** Why the service refused it when it was last checked. */
  problem: string | null;
  account: string | null;
};

export type FlyView = KeyView & {
  organization: string | null;
  /** The app for new machines of this user. */
  app: string | null;
  /** The user's own app was not there when it was checked, and is made at the first deploy. */
  appPending: boolean;
  /** Names of deployments that hold a machine in the user's own organization: the token cannot be removed. */
  heldBy: string[];
  /** False while machines are local: the token is kept, and nothing runs with it. */
  inUse: boolean;
};

export type InstallationView = {
  signUp: { mode: SignUpMode; allowed: string[] };
  quotas: QuotaLimits;
  webhook: { url: string } | null;
};

export type SettingsView = {
  fly: FlyView;
  openRouter: KeyView;
  gitHub: KeyView;
  registries: KeyView;
  usage: QuotaUsage;
  limits: QuotaLimits;
  /** Null unless the viewer administers this installation. */
  installation: InstallationView | null;
};

/** Absent: as it is. Null: removed, or the default. */
export type SettingsChange = InstallationChange & {
  flyToken?: string | null | undefined;
  flyOrganization?: string | null | undefined;
  flyApp?: string | null | undefined;
  openRouterKey?: string | null | undefined;
  gitHubToken?: string | null | undefined;
  registryLogins?: string | null | undefined;
};
