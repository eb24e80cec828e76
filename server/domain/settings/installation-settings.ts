import type { Transaction } from '#prisma/client.ts';
import type { Prisma } from '#prisma/generated/client/client.ts';
import type { SignUpMode } from '#prisma/generated/client/enums.ts';
import type { Envelopes } from '../credentials/envelope.ts';
import { type FieldProblem, invalidInput } from '../errors.ts';
import { INSTALLATION_SETTINGS } from '../installation-row.ts';
import { chatFormatOf, checkWebhookSecret, checkWebhookUrl, maskChatUrl, webhookContext } from './webhook.ts';

/** Changes that the administrator may make. Absent: unchanged. Null: the default, or none. */
export type InstallationChange = {
  signUp?: { mode: SignUpMode; allowed: string[] } | null | undefined;
  quotas?:
    | {
        machines?: number | null | undefined;
        analysesPerDay?: number | null | undefined;
        modelUsdPerMonth?: number | null | undefined;
      }
    | null
    | undefined;
  /** Without a secret the one that is kept goes on. */
  webhook?: { url: string; secret?: string | null | undefined } | null | undefined;
};

const ALLOWED_MAX = 500;
const COUNT_MAX = 1_000_000;
const USD_MAX = 100_000;
const ADDRESS = /^[^\s@]+@[^\s@.]+(\.[^\s@.]+)+$/;
const DOMAIN = /^@[^\s@.]+(\.[^\s@.]+)+$/;

/** A change that was looked at: columns to write, and a secret to seal. */
export type CheckedChange = {
  columns: Omit<Prisma.InstallationSettingsUpdateInput, 'id' | 'webhookSecret' | 'webhookSecretVersion'>;
  /** Undefined: the one that is kept. */
  webhookSecret: string | null | undefined;
};

/** Throws INVALID_INPUT with every field that is wrong. Asks the DNS about a webhook's address. */
export async function checkInstallationChange(
  change: InstallationChange,
  alertOriginsTrusted: readonly string[],
): Promise<CheckedChange> {
  const columns = { ...signUpColumns(change.signUp), ...quotaColumns(change.quotas) };
  const { webhook } = change;
  if (webhook === undefined) return { columns, webhookSecret: undefined };
  if (webhook === null) return { columns: { ...columns, webhookUrl: null }, webhookSecret: null };
  const webhookUrl = await checkWebhookUrl(webhook.url.trim(), alertOriginsTrusted);
  // Whoever knows the address of a channel can write there: it is kept as a secret is.
  if (chatFormatOf(webhookUrl) !== null) {
    return { columns: { ...columns, webhookUrl: maskChatUrl(webhookUrl) }, webhookSecret: webhookUrl };
  }
  const webhookSecret = webhook.secret == null ? undefined : checkWebhookSecret(webhook.secret);
  return { columns: { ...columns, webhookUrl }, webhookSecret };
}

export async function writeInstallationChange(
  tx: Transaction,
  envelopes: Envelopes,
  { columns, webhookSecret }: CheckedChange,
): Promise<void> {
  const id = INSTALLATION_SETTINGS;
  await tx.installationSettings.createMany({ data: [{ id }], skipDuplicates: true });
  await tx.$queryRaw`SELECT 1 FROM "InstallationSettings" WHERE "id" = ${id} FOR UPDATE`;
  const before = await tx.installationSettings.findUniqueOrThrow({ where: { id } });
  const keepsSecret = before.webhookSecret !== null && before.webhookUrl && chatFormatOf(before.webhookUrl) === null;
  if (columns.webhookUrl && webhookSecret === undefined && !keepsSecret) {
    const message = 'A webhook needs a secret, which signs what is sent to it.';
    throw invalidInput(message, [{ field: 'webhook.secret', message }]);
  }
  await tx.installationSettings.update({
    where: { id },
    data: { ...columns, ...(await secretColumns(envelopes, before.webhookSecretVersion + 1, webhookSecret)) },
  });
}

async function secretColumns(envelopes: Envelopes, version: number, secret: string | null | undefined) {
  if (secret === undefined) return {};
  if (secret === null) return { webhookSecret: null };
  return { webhookSecret: await envelopes.seal(secret, webhookContext(version)), webhookSecretVersion: version };
}

function signUpColumns(signUp: InstallationChange['signUp']): CheckedChange['columns'] {
  if (signUp === undefined) return {};
  if (signUp === null) return { signUp: null, signUpAllowed: [] };
  const allowed = [...new Set(signUp.allowed.map((one) => one.trim().toLowerCase()).filter(Boolean))].map((one) =>
    one.includes('@') ? one : `@${one}`,
  );
  const wrong = allowed.filter((one) => !ADDRESS.test(one) && !DOMAIN.test(one));
  const problem =
    wrong.length > 0
      ? `This is neither an e-mail address nor a domain: ${wrong[0]}.`
      : allowed.length > ALLOWED_MAX
        ? `At most ${ALLOWED_MAX} addresses and domains.`
        : signUp.mode === 'LIMITED' && allowed.length === 0
          ? 'Name at least one address or domain, or close sign-up.'
          : null;
  if (problem !== null) throw invalidInput(problem, [{ field: 'signUp.allowed', message: problem }]);
  return { signUp: signUp.mode, signUpAllowed: allowed };
}

function quotaColumns(quotas: InstallationChange['quotas']): CheckedChange['columns'] {
  if (quotas === undefined) return {};
  const { machines, analysesPerDay, modelUsdPerMonth } = quotas ?? {
    machines: null,
    analysesPerDay: null,
    modelUsdPerMonth: null,
  };
  const problems: FieldProblem[] = [];
  for (const [field, value, max, isWhole] of [
    ['machines', machines, COUNT_MAX, true],
    ['analysesPerDay', analysesPerDay, COUNT_MAX, true],
    ['modelUsdPerMonth', modelUsdPerMonth, USD_MAX, false],
  ] as const) {
    if (value == null || (value >= 0 && value <= max && (!isWhole || Number.isInteger(value)))) continue;
    const message = isWhole ? `A whole number from 0 to ${max}.` : `An amount from 0 to ${max}.`;
    problems.push({ field: `quotas.${field}`, message });
  }
  if (problems.length > 0) throw invalidInput('A quota is out of range.', problems);
  return {
    ...(machines === undefined ? {} : { machinesMax: machines }),
    ...(analysesPerDay === undefined ? {} : { analysesPerDayMax: analysesPerDay }),
    ...(modelUsdPerMonth === undefined ? {} : { modelUsdPerMonthMax: modelUsdPerMonth }),
  };
}
