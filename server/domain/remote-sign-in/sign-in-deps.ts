import type { Database } from '#prisma/client.ts';
import type { Actor } from '../actor.ts';
import type { Envelopes } from '../credentials/envelope.ts';
import type { Events } from '../events.ts';
import type { SafeFetch } from '../outbound/safe-fetch.ts';

export type SignInDeps = {
  database: Pick<Database, 'prisma' | 'transaction'>;
  events: Events;
  envelopes: Envelopes;
  /** Public addresses only, and the origins that the operator trusts. */
  fetch: SafeFetch;
  /** Reports whether the operator trusts the origin of an address. */
  isTrusted: (url: string) => boolean;
  publicUrl: string;
  now: () => Date;
  /** Starts a deployment that failed. */
  start: (actor: Actor, deploymentId: string) => Promise<void>;
};
