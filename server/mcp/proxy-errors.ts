import { isBehindFlyProxy } from '#deploy/address.ts';
import { HOST_MARK_HEADER } from '#deploy/host/header-contract.ts';
import type { Refusal } from './refusal.ts';
import * as refusals from './refusals.ts';
import type { MachineTarget } from './route.ts';

type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** Statuses with which Fly's proxy answers by itself when it cannot reach a machine, or may not yet. first hour: F3 */
const PROXY_STATUSES: ReadonlySet<number> = new Set([404, 408, 429, 502, 503, 504]);
const RETRY_AFTER_SECONDS = 5;
const RETRY_AFTER_SECONDS_MAX = 300;

/**
 * Returns the refusal for an error that Fly's proxy sent in place of the machine; null for an answer of the machine's
 * host, which marks its errors. A host of an older image marks none, and writes all of them as JSON, which the proxy
 * does not.
 */
export function readProxyError(
  target: Pick<MachineTarget, 'headers'>,
  status: number,
  headers: Headers,
): Refusal | null {
  if (!PROXY_STATUSES.has(status) || !isBehindFlyProxy(target.headers)) return null;
  if (headers[HOST_MARK_HEADER] !== undefined) return null;
  const type = headers['content-type'];
  if (typeof type === 'string' && /^application\/json\b/i.test(type)) return null;
  if (status === 408 || status === 504) return refusals.silent;
  if (status === 429 || status === 503) return refusals.notReachableYet(readRetryAfter(headers['retry-after']));
  return refusals.unreachable;
}

/** RFC 9110, section 10.2.3, in seconds only. */
function readRetryAfter(value: string | string[] | undefined): number {
  const seconds = typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : RETRY_AFTER_SECONDS;
  return Math.min(Math.max(seconds, 1), RETRY_AFTER_SECONDS_MAX);
}
