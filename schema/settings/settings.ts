import type { KeyService, SignUpMode } from '#prisma/generated/client/enums.ts';
import type { FlyView, InstallationView, KeySource, KeyView, SettingsView } from '#server/domain/settings/views.ts';
import { builder } from '../builder.ts';

const value = (description: string) => ({ description });

export const KeyServiceEnum = builder.enumType('KeyService', {
  description: 'A service that a user may have a key of their own for.',
  values: {
    FLY: value('Fly.io, where machines run.'),
    OPENROUTER: value('OpenRouter, whose models fill the gaps of an analysis.'),
    GITHUB: value('GitHub, where repositories are read.'),
    REGISTRIES: value('Registries of container images.'),
  } satisfies Record<KeyService, unknown>,
});

const KeySourceEnum = builder.enumType('KeySource', {
  description: 'The owner of the key in use.',
  values: {
    NONE: value('No key is set.'),
    OWN: value('The user’s own.'),
    PLATFORM: value('The key of the operator of this installation.'),
  } satisfies Record<KeySource, unknown>,
});

export const SignUpModeEnum = builder.enumType('SignUpMode', {
  description: 'The sign-up policy.',
  values: {
    CLOSED: value('New users cannot sign up.'),
    LIMITED: value('Users who can prove that they have one of the allowed addresses.'),
    OPEN: value('Everyone.'),
  } satisfies Record<SignUpMode, unknown>,
});

const KeyInterface = builder.interfaceRef<KeyView>('ServiceKey').implement({
  description: 'The key that is used for a service. The key itself is never shown.',
  fields: (t) => ({
    service: t.expose('service', { type: KeyServiceEnum, description: 'The service that the key is for.' }),
    source: t.expose('source', { type: KeySourceEnum, description: 'Owner of the key in use.' }),
    masked: t.exposeString('masked', {
      nullable: true,
      description: 'The user’s own key as dots and its last characters, to recognize it by.',
    }),
    checkedAt: t.expose('checkedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When the service was last asked about the user’s own.',
    }),
    problem: t.exposeString('problem', {
      nullable: true,
      description: 'Why the service refused it then; null: it was accepted.',
    }),
    account: t.exposeString('account', {
      nullable: true,
      description: 'Account of the key as the service names it, such as a login or a label; null if it does not.',
    }),
  }),
});

const PlainKeyType = builder.objectRef<KeyView>('PlainKey').implement({
  description: 'A key without further settings.',
  interfaces: [KeyInterface],
});

const FlyKeyType = builder.objectRef<FlyView>('FlyKey').implement({
  description: 'A token of Fly.io, and where machines run with it.',
  interfaces: [KeyInterface],
  fields: (t) => ({
    organization: t.exposeString('organization', { nullable: true, description: 'Slug of the user’s organization.' }),
    app: t.exposeString('app', { nullable: true, description: 'The app there in which new machines are made.' }),
    appPending: t.exposeBoolean('appPending', {
      description: 'Nothing was deployed to the app yet: it is made at the first deploy if it is absent.',
    }),
    heldBy: t.exposeStringList('heldBy', {
      description:
        'Names of deployments that run there: until they are deleted the token can be neither removed nor moved.',
    }),
    inUse: t.exposeBoolean('inUse', {
      description: 'False while servers run on this computer: nothing uses the token.',
    }),
  }),
});

type Amount = { used: number; limit: number };

const QuotaType = builder.objectRef<Amount>('Quota').implement({
  description: 'Usage of one quota.',
  fields: (t) => ({
    used: t.exposeFloat('used', { description: 'Used so far.' }),
    limit: t.exposeFloat('limit', { description: 'Upper limit.' }),
  }),
});

const UsageType = builder.objectRef<SettingsView>('QuotaUsage').implement({
  description: 'Everything that is limited for each user.',
  fields: (t) => ({
    machines: t.field({
      type: QuotaType,
      description: 'Deployments that hold a machine.',
      resolve: ({ usage, limits }) => ({ used: usage.machines, limit: limits.machines }),
    }),
    analysesToday: t.field({
      type: QuotaType,
      description: 'Analyses begun since midnight UTC; answers from the cache are free.',
      resolve: ({ usage, limits }) => ({ used: usage.analysesToday, limit: limits.analysesPerDay }),
    }),
    modelUsdThisMonth: t.field({
      type: QuotaType,
      description:
        'US dollars that models cost this month (UTC) with the platform’s key; with one’s own there is no limit.',
      resolve: ({ usage, limits }) => ({ used: usage.modelUsdThisMonth, limit: limits.modelUsdPerMonth }),
    }),
  }),
});

const SignUpType = builder.objectRef<InstallationView['signUp']>('SignUpRule').implement({
  description: 'The sign-up rule.',
  fields: (t) => ({
    mode: t.expose('mode', { type: SignUpModeEnum, description: 'Sign-up policy: OPEN, LIMITED or CLOSED.' }),
    allowed: t.exposeStringList('allowed', { description: 'While LIMITED: addresses, and domains as `@example.com`.' }),
  }),
});

const QuotaLimitsType = builder.objectRef<InstallationView['quotas']>('QuotaLimits').implement({
  description: 'The quotas of each user.',
  fields: (t) => ({
    machines: t.exposeInt('machines', { description: 'Deployments that hold a machine.' }),
    analysesPerDay: t.exposeInt('analysesPerDay', { description: 'Analyses begun on one UTC day.' }),
    modelUsdPerMonth: t.exposeFloat('modelUsdPerMonth', { description: 'US dollars for models in one UTC month.' }),
  }),
});

const WebhookType = builder.objectRef<{ url: string }>('AlertWebhook').implement({
  description: 'The webhook that receives alerts. Its secret is never shown.',
  fields: (t) => ({ url: t.exposeString('url', { description: 'Address that receives alerts.' }) }),
});

const InstallationSettingsType = builder.objectRef<InstallationView>('InstallationSettings').implement({
  description: 'The administrator’s settings for all users.',
  fields: (t) => ({
    signUp: t.expose('signUp', { type: SignUpType, description: 'The sign-up rule.' }),
    quotas: t.expose('quotas', { type: QuotaLimitsType, description: 'Quotas of each user.' }),
    webhook: t.expose('webhook', {
      type: WebhookType,
      nullable: true,
      description: 'Webhook that receives alerts, or null if none is set.',
    }),
  }),
});

export const SettingsType = builder.objectRef<SettingsView>('Settings').implement({
  description: 'The viewer’s own settings and those of the installation.',
  fields: (t) => ({
    fly: t.expose('fly', { type: FlyKeyType, description: 'The token that new machines are made with.' }),
    openRouter: t.expose('openRouter', { type: PlainKeyType, description: 'The key that models are asked with.' }),
    gitHub: t.expose('gitHub', { type: PlainKeyType, description: 'The token that repositories are read with.' }),
    registries: t.expose('registries', {
      type: PlainKeyType,
      description: 'The logins that private container images are read with.',
    }),
    usage: t.field({
      type: UsageType,
      description: 'The viewer’s usage of each quota.',
      resolve: (settings) => settings,
    }),
    installation: t.expose('installation', {
      type: InstallationSettingsType,
      nullable: true,
      description: 'Settings for all users; null unless the viewer is the administrator.',
    }),
  }),
});
