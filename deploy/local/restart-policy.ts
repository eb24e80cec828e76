import type { LocalConfig } from './requests.ts';

const BACKOFF_FIRST_MS = 1_000;
const BACKOFF_MAX_MS = 30_000;
const RETRIES_DEFAULT = 10;
/** A machine that ran for this long has recovered: its next exit counts as the first. */
export const RECOVERED_AFTER_MS = 300_000;

/** Milliseconds until the machine is started again, or null when it stays stopped. */
export const decideRestart = (
  policy: LocalConfig['restart'],
  exit: { exitCode: number; restartCount: number },
): number | null => {
  const backoffMs = Math.min(BACKOFF_MAX_MS, BACKOFF_FIRST_MS * 2 ** exit.restartCount);
  switch (policy?.policy ?? 'on-failure') {
    case 'always':
      return backoffMs;
    case 'on-failure': {
      const retries = policy?.max_retries ?? RETRIES_DEFAULT;
      return exit.exitCode !== 0 && exit.restartCount < retries ? backoffMs : null;
    }
    default:
      return null;
  }
};
