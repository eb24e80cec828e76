import type { KeyService, SignUpMode } from '#prisma/generated/client/enums.ts';
import type { FlyView, InstallationView, KeySource, KeyView, SettingsView } from '#server/domain/settings/model.ts';
import { builder } from '../builder.ts';

const value = (description: string) => ({ description });

export const KeyServiceEnum = builder.enumType('KeyService', {
  description: 'A service that a user may have a key of their own for.',
  values: {
    FLY: value('Fly.io, where machines run.'),
    OPENROUTER: value('OpenRouter, whose models fill the gaps of an analysis.'),
    GITHUB: value('GitHub, where repositories are read.'),
  } satisfies Record<KeyService, unknown>,
});

const KeySourceEnum = builder.enumType('KeySource', {
  description: 'Whose key is used.',
  values: {
    NONE: value('Nobody’s: there is none.'),
    OWN: value('The user’s own.'),
    PLATFORM: value('That of whoever runs this Catwalk.'),
  } satisfies Record<KeySource, unknown>,
});

export const SignUpModeEnum = builder.enumType('SignUpMode', {
  description: 'Who may make an account.',
  values: {
    CLOSED: value('Nobody new.'),
    LIMITED: value('Whoever has one of the allowed addresses, and can prove it.'),
    OPEN: value('Everybody.'),
  } satisfies Record<SignUpMode, unknown>,
});

const KeyInterface = builder.interfaceRef<KeyView>('ServiceKey').implement({
  description: 'The key that is used for a service. The key itself is never shown.',
  fields: (t) => ({
    service: t.expose('service', { type: KeyServiceEnum, description: 'What it is for.' }),
    source: t.expose('source', { type: KeySourceEnum, description: 'Whose key is used.' }),
    masked: t.exposeString('masked', {
      nullable: true,
      description: 'Of the user’s own: dots and its last characters, to recognize it by.',
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
      description: 'Whose it is in the words of the service, where it says: a login or a label.',
    }),
  }),
});

const PlainKeyType = builder.objectRef<KeyView>('PlainKey').implement({
  description: 'A key that is nothing but a key.',
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
  description: 'What a user has used of what they may use.',
  fields: (t) => ({
    used: t.exposeFloat('used', { description: 'Used so far.' }),
    limit: t.exposeFloat('limit', { description: 'The most.' }),
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
  description: 'Who may make an account.',
  fields: (t) => ({
    mode: t.expose('mode', { type: SignUpModeEnum, description: 'In one word.' }),
    allowed: t.exposeStringList('allowed', { description: 'While LIMITED: addresses, and domains as `@example.com`.' }),
  }),
});

const QuotaLimitsType = builder.objectRef<InstallationView['quotas']>('QuotaLimits').implement({
  description: 'What each user may use.',
  fields: (t) => ({
    machines: t.exposeInt('machines', { description: 'Deployments that hold a machine.' }),
    analysesPerDay: t.exposeInt('analysesPerDay', { description: 'Analyses begun on one UTC day.' }),
    modelUsdPerMonth: t.exposeFloat('modelUsdPerMonth', { description: 'US dollars for models in one UTC month.' }),
  }),
});

const WebhookType = builder.objectRef<{ url: string }>('AlertWebhook').implement({
  description: 'Where alerts are sent. Its secret is never shown.',
  fields: (t) => ({ url: t.exposeString('url', { description: 'Its address.' }) }),
});

const InstallationSettingsType = builder.objectRef<InstallationView>('InstallationSettings').implement({
  description: 'What the administrator decides for everybody.',
  fields: (t) => ({
    signUp: t.expose('signUp', { type: SignUpType, description: 'Who may make an account.' }),
    quotas: t.expose('quotas', { type: QuotaLimitsType, description: 'What each user may use.' }),
    webhook: t.expose('webhook', { type: WebhookType, nullable: true, description: 'Where alerts go; null: nowhere.' }),
  }),
});

export const SettingsType = builder.objectRef<SettingsView>('Settings').implement({
  description: 'What the viewer has set, and what holds for them.',
  fields: (t) => ({
    fly: t.expose('fly', { type: FlyKeyType, description: 'The token that new machines are made with.' }),
    openRouter: t.expose('openRouter', { type: PlainKeyType, description: 'The key that models are asked with.' }),
    gitHub: t.expose('gitHub', { type: PlainKeyType, description: 'The token that repositories are read with.' }),
    usage: t.field({
      type: UsageType,
      description: 'What the viewer has used of their quotas.',
      resolve: (settings) => settings,
    }),
    installation: t.expose('installation', {
      type: InstallationSettingsType,
      nullable: true,
      description: 'What holds for everybody; null unless the viewer is the administrator.',
    }),
  }),
});
