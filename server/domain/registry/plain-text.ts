/**
 * One line of what a stranger wrote: no control characters, none that reverse or hide text, and not longer than
 * `charactersMax`. It is shown as text, never as markup.
 */
export function plainText(value: unknown, charactersMax: number): string | null {
  if (typeof value !== 'string') return null;
  const line = value
    .toWellFormed()
    .replace(/[\p{Cc}\p{Cf}]+/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  if (line === '') return null;
  return line.length > charactersMax ? `${line.slice(0, charactersMax - 1).toWellFormed()}…` : line;
}

const URL_CHARACTERS_MAX = 2_000;

/** An address that is safe to link to; null for every other scheme. */
export function webUrl(value: unknown): string | null {
  if (typeof value !== 'string' || value.length > URL_CHARACTERS_MAX || !URL.canParse(value)) return null;
  const url = new URL(value);
  const isWeb = url.protocol === 'https:' || url.protocol === 'http:';
  return isWeb && url.username === '' && url.password === '' ? url.href : null;
}
