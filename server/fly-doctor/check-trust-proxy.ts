import type { Env } from '../env.ts';
import { type Finding, missing, ok, warning } from './finding.ts';

const HINT =
  "Set TRUST_PROXY=fly in fly.toml, so that callers are distinguished by the address that Fly's proxy reports.";

/**
 * Fly's proxy appends two entries to X-Forwarded-For, the client's address and then the app's own. With a count of 1
 * all callers have the app's address: one of them can use up every limit, sign-in included, for all the others.
 */
export function checkTrustProxy({ TRUST_PROXY: trust }: Pick<Env, 'TRUST_PROXY'>): Finding {
  if (trust === 'fly') return ok('proxy', "Callers are distinguished by the address that Fly's proxy reports.");
  if (trust === undefined) return missing('proxy', "TRUST_PROXY is unset: all callers have the proxy's address.", HINT);
  if (trust === 1) return missing('proxy', "TRUST_PROXY is 1: on Fly all callers have the app's own address.", HINT);
  return warning(
    'proxy',
    "TRUST_PROXY counts X-Forwarded-For, which machines of Fly's private network can forge.",
    `${HINT} Keep it only when another proxy stands in front of Fly's.`,
  );
}
