import { builder } from '../builder.ts';
import { KeyServiceEnum, SettingsType, SignUpModeEnum } from './settings.ts';

const SignUpInput = builder.inputType('SignUpInput', {
  description: 'The sign-up rule.',
  fields: (t) => ({
    mode: t.field({ type: SignUpModeEnum, description: 'Sign-up policy: OPEN, LIMITED or CLOSED.' }),
    allowed: t.stringList({
      required: false,
      description: 'For LIMITED: e-mail addresses, and domains such as example.com.',
    }),
  }),
});

const QuotasInput = builder.inputType('QuotasInput', {
  description: 'Quotas of each user. An absent field stays as it is; null restores the default.',
  fields: (t) => ({
    machines: t.int({ required: false, description: 'Deployments that hold a machine.' }),
    analysesPerDay: t.int({ required: false, description: 'Analyses begun on one UTC day.' }),
    modelUsdPerMonth: t.float({ required: false, description: 'US dollars for models in one UTC month.' }),
  }),
});

const WebhookInput = builder.inputType('WebhookInput', {
  description: 'The webhook that receives alerts.',
  fields: (t) => ({
    url: t.string({
      description:
        'A public https address, an origin of ALERT_ORIGINS_TRUSTED, or the incoming webhook of Slack or Discord.',
    }),
    secret: t.string({
      required: false,
      description:
        'Signs what is sent (Standard Webhooks): 24 to 64 bytes in base64. Absent: the one that is kept. A chat needs none.',
    }),
  }),
});

const UpdateSettingsInput = builder.inputType('UpdateSettingsInput', {
  description: 'Settings to change. An absent field stays as it is; null removes it or restores the default.',
  fields: (t) => ({
    flyToken: t.string({ required: false, description: 'A token of the user’s own Fly organization.' }),
    flyOrganization: t.string({
      required: false,
      description: 'The slug of the organization; the one that the token is for when it is not given.',
    }),
    flyApp: t.string({
      required: false,
      description: 'The app for machines; one of Catwalk’s naming when it is not given. Made when it is absent.',
    }),
    openRouterKey: t.string({ required: false, description: 'A key of the user’s own for OpenRouter.' }),
    gitHubToken: t.string({ required: false, description: 'A token of the user’s own for GitHub.' }),
    registryLogins: t.string({
      required: false,
      description:
        'Logins for registries of container images: `user:token@registry`, several with commas between; %40 stands for an @ and %2C for a comma in a token.',
    }),
    signUp: t.field({ type: SignUpInput, required: false, description: 'For the administrator: who may sign up.' }),
    quotas: t.field({ type: QuotasInput, required: false, description: 'For the administrator: what each may use.' }),
    webhook: t.field({ type: WebhookInput, required: false, description: 'For the administrator: where alerts go.' }),
  }),
});

builder.queryField('settings', (t) =>
  t.withAuth({ signedIn: true }).field({
    type: SettingsType,
    nullable: true,
    description: 'The viewer’s settings; keys are masked.',
    resolve: (_root, _args, { actor, services }) => services.settings.read(actor),
  }),
);

builder.mutationFields((t) => ({
  updateSettings: t.withAuth({ write: true }).field({
    type: SettingsType,
    errors: {},
    description: 'Changes settings: all that is asked for, or nothing. New keys are checked with their services first.',
    args: { input: t.arg({ type: UpdateSettingsInput, description: 'Settings to change.' }) },
    resolve: async (_root, { input }, { actor, services }) => {
      const { signUp } = input;
      await services.settings.update(actor, {
        ...input,
        signUp: signUp && { mode: signUp.mode, allowed: signUp.allowed ?? [] },
      });
      return services.settings.read(actor);
    },
  }),
  sendTestAlert: t.withAuth({ write: true }).field({
    type: SettingsType,
    errors: {},
    description: 'Sends a test to the receiver of alerts, and waits until it arrived. For the administrator alone.',
    resolve: async (_root, _args, { actor, services }) => {
      await services.settings.sendTestAlert(actor);
      return services.settings.read(actor);
    },
  }),
  checkServiceKey: t.withAuth({ write: true }).field({
    type: SettingsType,
    errors: {},
    description: 'Asks the service again about the viewer’s own key.',
    args: { service: t.arg({ type: KeyServiceEnum, description: 'The service.' }) },
    resolve: async (_root, { service }, { actor, services }) => {
      await services.settings.check(actor, service);
      return services.settings.read(actor);
    },
  }),
}));
