import type { PrismaClient } from '#prisma/client.ts';
import type { Alert } from '#prisma/generated/client/client.ts';
import type { SafeFetch } from '../outbound/safe-fetch.ts';
import type { Webhook } from '../settings/webhook.ts';
import { type AlertMessage, alertDataSchema, alertKindSchema } from './alert.ts';
import { type Posted, postAlert } from './post-alert.ts';

export type DeliverDeps = {
  prisma: PrismaClient;
  fetch: SafeFetch;
  /** Null while the administrator wants none. */
  readWebhook: () => Promise<Webhook | null>;
  now: () => Date;
};

const BATCH = 20;
/** A row that a dead instance had is sent again by another one after so long. */
const CLAIM_MS = 60_000;
/** Delays after each failed attempt. After the last one the alert is given up: an alarm two days old is useless. */
const RETRY_AFTER_MS = [5, 30, 120, 600, 3_600, 14_400].map((seconds) => seconds * 1_000);

/**
 * Sends what is due, at least once: the id of an alert stays the same over all attempts. Without a receiver what is due
 * is dropped.
 */
export async function deliverAlerts(deps: DeliverDeps, signal: AbortSignal): Promise<void> {
  const alerts = await claim(deps);
  if (alerts.length === 0) return;
  const webhook = await deps.readWebhook();
  for (const alert of alerts) {
    const outcome = webhook === null ? 'dropped' : await send(deps, webhook, alert, signal);
    signal.throwIfAborted(); // the claim runs out, and another instance sends it
    await settle(deps, alert, outcome);
  }
}

const claim = ({ prisma, now }: DeliverDeps): Promise<Alert[]> =>
  prisma.$queryRaw<Alert[]>`
    UPDATE "Alert" SET "attempts" = "attempts" + 1, "dueAt" = ${new Date(now().getTime() + CLAIM_MS)}
    WHERE "id" IN (
      SELECT "id" FROM "Alert" WHERE "dueAt" <= ${now()} ORDER BY "at" LIMIT ${BATCH} FOR UPDATE SKIP LOCKED)
    RETURNING *`;

type Outcome = Posted | 'dropped';

/** Reads the message of a row; null for a row of another version that does not parse. */
function toMessage({ kind, at, data }: Alert): AlertMessage | null {
  const parsed = { kind: alertKindSchema.safeParse(kind).data, data: alertDataSchema.safeParse(data).data };
  if (!parsed.kind || !parsed.data) return null;
  return { type: `deployment.${parsed.kind}`, timestamp: at.toISOString(), data: parsed.data };
}

async function send(deps: DeliverDeps, webhook: Webhook, alert: Alert, signal: AbortSignal): Promise<Outcome> {
  const message = toMessage(alert);
  if (message === null) return { error: 'This version cannot read the alert.', isFinal: true };
  return postAlert(deps, webhook, { id: alert.id, message }, signal);
}

async function settle({ prisma, now }: DeliverDeps, alert: Alert, outcome: Outcome): Promise<void> {
  const where = { id: alert.id, attempts: alert.attempts };
  if (outcome === 'dropped') {
    await prisma.alert.updateMany({ where, data: { dueAt: null } });
  } else if (outcome === 'delivered') {
    await prisma.alert.updateMany({ where, data: { dueAt: null, deliveredAt: now(), lastError: null } });
  } else {
    const waitMs = outcome.isFinal ? undefined : RETRY_AFTER_MS[alert.attempts - 1];
    const dueAt = waitMs === undefined ? null : new Date(now().getTime() + waitMs);
    await prisma.alert.updateMany({ where, data: { dueAt, lastError: outcome.error } });
  }
}
