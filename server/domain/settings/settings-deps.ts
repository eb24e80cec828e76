import type { Database } from '#prisma/client.ts';
import type { KeyService } from '#prisma/generated/client/enums.ts';
import type { Envelopes } from '../credentials/envelope.ts';
import type { Events } from '../events.ts';
import type { QuotaLimits } from '../quotas/limits.ts';
import type { Quotas } from '../quotas/quotas.ts';
import type { AppNames } from './fly-target.ts';
import type { KeyCheckDeps } from './key-checks.ts';
import type { Webhook } from './webhook.ts';

export type SettingsDeps = {
  database: Pick<Database, 'prisma' | 'transaction'>;
  envelopes: Envelopes;
  events: Events;
  clock: () => Date;
  quotas: Quotas;
  limits: QuotaLimits;
  machines: 'local' | 'fly';
  /** For which services the platform has a key of its own. */
  platformKeys: ReadonlySet<KeyService>;
  checks: KeyCheckDeps;
  /** Origins that may receive alerts at a private address or without HTTPS. */
  alertOriginsTrusted: readonly string[];
  readWebhook: () => Promise<Webhook | null>;
  /** Sends a test and returns the problem, in a sentence; null when the receiver took it. */
  sendTestAlert: (webhook: Webhook, signal: AbortSignal) => Promise<string | null>;
  appNamesOf: (ownerId: string) => AppNames;
  /** How many machines of this installation Fly still has in an owner's app, rows or no rows. */
  countMachines: (ownerId: string, app: string, signal: AbortSignal) => Promise<number>;
};
