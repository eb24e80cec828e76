/** Stands for a secret, whatever its length. */
export const DOTS = '••••••••';

type Part = { text: string; isHidden: boolean };

/** The ways in which a value may stand in a text: as it is, within JSON, within an address, encoded as base64. */
const spellingsOf = (secret: string): string[] => [
  secret,
  JSON.stringify(secret).slice(1, -1),
  encodeURIComponent(secret),
  encodeURIComponent(JSON.stringify(secret).slice(1, -1)),
];

const spellingIn = (text: string, secret: string): string | undefined =>
  spellingsOf(secret).find((one) => text.includes(one));

export const isIn = (text: string, secret: string): boolean => spellingIn(text, secret) !== undefined;

/** Splits a text at its secrets. A text in which a secret cannot be found, such as an encoded link, is hidden as a whole. */
export function partsOf(text: string, secrets: readonly string[]): Part[] {
  let parts: Part[] = [{ text, isHidden: false }];
  for (const secret of secrets) {
    const spelling = spellingIn(text, secret);
    if (spelling === undefined) return [{ text, isHidden: true }];
    parts = parts.flatMap((part) => (part.isHidden ? [part] : splitAt(part.text, spelling)));
  }
  return parts.filter((part) => part.text !== '');
}

/** A short secret may be part of other words too: those stay, unless the secret stands nowhere alone. */
function splitAt(text: string, secret: string): Part[] {
  const escaped = secret.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
  const alone = new RegExp(`(?<![A-Za-z0-9])${escaped}(?![A-Za-z0-9])`);
  return text
    .split(alone.test(text) ? new RegExp(alone, 'g') : secret)
    .flatMap((between, at): Part[] => [
      ...(at > 0 ? [{ text: secret, isHidden: true }] : []),
      { text: between, isHidden: false },
    ]);
}

export const shownText = (parts: readonly Part[]): string =>
  parts.map(({ text, isHidden }) => (isHidden ? DOTS : text)).join('');

/**
 * Carries an edit of the shown text over to the text behind it. Secrets that the edit does not touch stay; of one that it
 * touches nothing stays but what was typed.
 */
export function editedText(parts: readonly Part[], shown: string): string {
  const before = shownText(parts);
  const longest = Math.min(before.length, shown.length);
  let start = 0;
  while (start < longest && before[start] === shown[start]) start++;
  let end = 0;
  while (end < longest - start && before[before.length - 1 - end] === shown[shown.length - 1 - end]) end++;
  const typed = shown.slice(start, shown.length - end);
  return textUpTo(parts, start) + typed + textFrom(parts, before.length - end);
}

const lengthOf = ({ text, isHidden }: Part): number => (isHidden ? DOTS.length : text.length);

function textUpTo(parts: readonly Part[], shownEnd: number): string {
  let at = 0;
  let text = '';
  for (const part of parts) {
    const length = lengthOf(part);
    if (at + length <= shownEnd) text += part.text;
    else if (!part.isHidden) text += part.text.slice(0, Math.max(0, shownEnd - at));
    at += length;
  }
  return text;
}

function textFrom(parts: readonly Part[], shownStart: number): string {
  let at = 0;
  let text = '';
  for (const part of parts) {
    if (at >= shownStart) text += part.text;
    else if (!part.isHidden) text += part.text.slice(shownStart - at);
    at += lengthOf(part);
  }
  return text;
}
