const ADDRESS = /^[^\s@]+@[^\s@.]+(?:\.[^\s@.]+)+$/;
const DOMAIN = /^@[^\s@.]+(?:\.[^\s@.]+)+$/;

/** Reads addresses and domains, separated by lines or commas; `wrong` is the first that is neither. */
export function parseAllowed(text: string): { allowed: string[]; wrong: string | null } {
  const words = text
    .toLowerCase()
    .split(/[\s,;]+/)
    .filter(Boolean);
  const allowed = [...new Set(words.map((word) => (word.includes('@') ? word : `@${word}`)))];
  return { allowed, wrong: allowed.find((one) => !ADDRESS.test(one) && !DOMAIN.test(one)) ?? null };
}
