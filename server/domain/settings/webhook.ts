import { lookup } from 'node:dns/promises';
import { setTimeout } from 'node:timers/promises';
import type { PrismaClient } from '#prisma/client.ts';
import type { EnvelopeContext, Envelopes } from '../credentials/envelope.ts';
import { Secret } from '../credentials/secret.ts';
import { invalidInput } from '../errors.ts';
import { INSTALLATION_SETTINGS } from '../installation-row.ts';
import { isPublicAddress } from '../outbound/safe-fetch.ts';

/**
 * Who receives alerts. A webhook gets what Standard Webhooks say, signed with its secret: base64, with the prefix
 * `whsec_`. A channel of Slack or Discord gets a sentence; its whole address is the secret.
 */
export type Webhook = { format: 'standard'; url: string; secret: Secret } | { format: ChatFormat; url: Secret };
export type ChatFormat = 'slack' | 'discord';

const CHATS: readonly { format: ChatFormat; hosts: readonly string[]; path: string }[] = [
  { format: 'slack', hosts: ['hooks.slack.com', 'hooks.slack-gov.com'], path: '/services/' },
  { format: 'discord', hosts: ['discord.com', 'discordapp.com'], path: '/api/webhooks/' },
];

const chatOf = (url: URL) =>
  CHATS.find(({ hosts, path }) => hosts.includes(url.hostname) && url.pathname.startsWith(path));

/** Recognizes the incoming webhook of a chat by its address; null for any other receiver. */
export const chatFormatOf = (url: string): ChatFormat | null =>
  URL.canParse(url) ? (chatOf(new URL(url))?.format ?? null) : null;

/** The address of a chat without the part that lets anyone write there. It is recognized as the same chat. */
export function maskChatUrl(url: string): string {
  const parsed = new URL(url);
  return `${parsed.origin}${chatOf(parsed)?.path ?? '/'}••••`;
}

const LOOKUP_MS_MAX = 5_000;
const URL_CHARACTERS_MAX = 2_000;
const SECRET_PREFIX = 'whsec_';
/** As Standard Webhooks ask. */
const SECRET_BYTES = { min: 24, max: 64 };

export const webhookContext = (version: number): EnvelopeContext => ({
  purpose: 'setting',
  subject: 'webhook',
  version,
});

/** Reads where alerts go now; null while the administrator wants none. */
export const createReadWebhook =
  ({ prisma, envelopes }: { prisma: PrismaClient; envelopes: Envelopes }) =>
  async (): Promise<Webhook | null> => {
    const row = await prisma.installationSettings.findUnique({ where: { id: INSTALLATION_SETTINGS } });
    if (!row?.webhookUrl || !row.webhookSecret) return null;
    const secret = new Secret(await envelopes.open(row.webhookSecret, webhookContext(row.webhookSecretVersion)));
    const format = chatFormatOf(row.webhookUrl);
    return format === null ? { format: 'standard', url: row.webhookUrl, secret } : { format, url: secret };
  };

/**
 * Checks for a public https address, or one of the origins that the operator trusts. The sender checks again when it
 * connects: a name may resolve to something else by then. Throws INVALID_INPUT.
 */
export async function checkWebhookUrl(text: string, trustedOrigins: readonly string[]): Promise<string> {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || text.length > URL_CHARACTERS_MAX) throw wrongUrl('This is no URL.');
  if (trustedOrigins.includes(url.origin)) return url.href;
  if (url.protocol !== 'https:') throw wrongUrl('The URL must begin with https://.');
  if (url.username !== '' || url.password !== '') throw wrongUrl('The URL must not hold a password.');
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const found = lookup(host, { all: true }).catch(() => []);
  const addresses = await Promise.race([found, setTimeout(LOOKUP_MS_MAX, [], { ref: false })]);
  if (addresses.length === 0) throw wrongUrl(`The name ${host} cannot be found.`);
  if (!addresses.every(({ address }) => isPublicAddress(address))) {
    throw wrongUrl(
      `${host} is an address of a private network.`,
      'ALERT_ORIGINS_TRUSTED names origins that are exempt.',
    );
  }
  return url.href;
}

/** The secret as it is kept. Throws INVALID_INPUT. */
export function checkWebhookSecret(text: string): string {
  const base64 = text.trim().replace(SECRET_PREFIX, '');
  const bytes = /^[A-Za-z0-9+/]+={0,2}$/.test(base64) ? Buffer.from(base64, 'base64').length : 0;
  if (bytes >= SECRET_BYTES.min && bytes <= SECRET_BYTES.max) return SECRET_PREFIX + base64;
  const message = `The secret is ${SECRET_BYTES.min} to ${SECRET_BYTES.max} random bytes in base64.`;
  throw invalidInput(message, [{ field: 'webhook.secret', message }], 'Make one: openssl rand -base64 32');
}

const wrongUrl = (message: string, hint?: string) => invalidInput(message, [{ field: 'webhook.url', message }], hint);
