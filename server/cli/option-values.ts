import { parseCount } from './assignments.ts';
import { usage } from './failure.ts';

export const MEMORY_MB_MAX = 131_072;
export const TOKEN_DAYS_MAX = 3_650;

/** The values of an option that is given several times. */
export const collect = (value: string, before: string[] = []): string[] => [...before, value];

const DAY_MS = 86_400_000;

/** When a token or client ends that lasts so many days; null for one that does not end. */
export const endAfter = (days: number | undefined): string | null =>
  days === undefined ? null : new Date(Date.now() + days * DAY_MS).toISOString();

/** Reads the whole number of an option. */
export const whole =
  (option: string, max: number, min = 0) =>
  (text: string): number =>
    parseCount(option, text, max, min);

export const ISOLATIONS = ['AUTO', 'SHARED', 'PER_SESSION'];

export function isolation(text: string): string {
  const mode = text.toUpperCase().replaceAll('-', '_');
  if (ISOLATIONS.includes(mode)) return mode;
  throw usage(`“${text}” is not an isolation.`, `Use one of ${ISOLATIONS.join(', ')}.`);
}
