import type { DeploymentStatus } from '#prisma/generated/client/enums.ts';
import type { CredentialTest } from './rows/credential-test.ts';
import { canServe } from './status.ts';

/** What a server that answers has not shown, although people rely on it. */
export const DOUBTS = ['NO_TOOLS', 'CALLS_FAIL', 'CREDENTIALS_REFUSED', 'CREDENTIALS_UNTRIED'] as const;
export type Doubt = (typeof DOUBTS)[number];

/** So many calls in a row are no accident. */
const FAILED_CALLS_MIN = 3;

export type DoubtFacts = {
  status: DeploymentStatus;
  /** How much the server offers: tools, and resources and prompts together; null before a handshake. */
  offered: { tools: number; others: number } | null;
  /** True if credentials are set for the release that serves. */
  hasCredentials: boolean;
  /** When the release that serves went live. */
  liveAt: Date | null;
  test: CredentialTest | null;
  /** Calls of the last 24 hours. */
  recent: { calls: number; errors: number; lastSuccessAt: Date | null };
  /** True if a call ended well on an earlier day of this release; the log of calls may not reach back so far. */
  workedBefore: boolean;
};

/** Names the first reason to doubt that a running server works; null for one that is not running, or that works. */
export function decideDoubt({
  status,
  offered,
  hasCredentials,
  liveAt,
  test,
  recent,
  workedBefore,
}: DoubtFacts): Doubt | null {
  if (!canServe({ status }) || status === 'UNHEALTHY' || offered === null) return null;
  if (offered.tools + offered.others === 0) return 'NO_TOOLS';
  if (recent.calls >= FAILED_CALLS_MIN && recent.errors === recent.calls) return 'CALLS_FAIL';
  if (!hasCredentials) return null;
  if (test?.outcome === 'FAILED') return 'CREDENTIALS_REFUSED';
  const worked =
    workedBefore ||
    test?.outcome === 'PASSED' ||
    (recent.lastSuccessAt !== null && liveAt !== null && recent.lastSuccessAt >= liveAt);
  return worked ? null : 'CREDENTIALS_UNTRIED';
}
