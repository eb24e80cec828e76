import { Webhook as Signer } from 'standardwebhooks';
import { messageOf } from '../message-of.ts';
import { ForbiddenAddressError, type SafeFetch } from '../outbound/safe-fetch.ts';
import type { Webhook } from '../settings/webhook.ts';
import { type AlertMessage, sentenceOf, type TestMessage } from './alert.ts';

const TIMEOUT_MS = 10_000;

export type Posted = 'delivered' | { error: string; isFinal: boolean };

export type PostDeps = { fetch: SafeFetch; now: () => Date };

/**
 * Sends one message. A webhook gets it signed as Standard Webhooks say (webhook-id, webhook-timestamp,
 * webhook-signature); a chat gets one sentence.
 */
export async function postAlert(
  { fetch, now }: PostDeps,
  webhook: Webhook,
  { id, message }: { id: string; message: AlertMessage | TestMessage },
  signal: AbortSignal,
): Promise<Posted> {
  const { url, headers, body } = requestOf(webhook, id, message, now());
  try {
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'user-agent': 'catwalk', ...headers },
      body,
      signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
    });
    await answer.body?.cancel();
    if (answer.ok) return 'delivered';
    return { error: `It answered ${answer.status}.`, isFinal: answer.status === 410 }; // gone: it wants no more
  } catch (error) {
    const isFinal = error instanceof ForbiddenAddressError;
    return { error: messageOf(error), isFinal };
  }
}

function requestOf(webhook: Webhook, id: string, message: AlertMessage | TestMessage, sentAt: Date) {
  switch (webhook.format) {
    case 'standard': {
      const body = JSON.stringify(message);
      const headers = {
        'webhook-id': id,
        'webhook-timestamp': String(Math.floor(sentAt.getTime() / 1_000)),
        'webhook-signature': new Signer(webhook.secret.reveal()).sign(id, sentAt, body),
      };
      return { url: webhook.url, headers, body };
    }
    case 'slack':
      return { url: webhook.url.reveal(), headers: {}, body: JSON.stringify({ text: slackText(sentenceOf(message)) }) };
    case 'discord': {
      // Names that people gave must not call anyone.
      const content = sentenceOf(message).slice(0, DISCORD_CHARACTERS_MAX);
      return {
        url: webhook.url.reveal(),
        headers: {},
        body: JSON.stringify({ content, allowed_mentions: { parse: [] } }),
      };
    }
  }
}

/** The longest message of Discord (Execute Webhook, `content`). */
const DISCORD_CHARACTERS_MAX = 2_000;

/** Slack reads links and mentions between angle brackets (Formatting text, Escaping text). */
const slackText = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
