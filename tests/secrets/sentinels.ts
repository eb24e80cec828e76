import { randomBytes } from 'node:crypto';

/** A secret that stands out wherever it goes, with characters that URLs, JSON and base64 each write differently. */
export const newSentinel = (where: string): string => `Sentinel+${where}/"${randomBytes(12).toString('hex')}"=&é`;

/** All that is looked for of one value: as it is, and as programs write it. */
function shapesOf(value: string): Buffer[] {
  const bytes = Buffer.from(value);
  // Within longer text base64 begins at one of three places in a group; the first and last characters mix with others.
  const base64 = [0, 1, 2].flatMap((offset) => {
    const text = Buffer.concat([Buffer.alloc(offset), bytes])
      .toString('base64')
      .replace(/=+$/, '')
      .slice(offset === 0 ? 0 : 4, -2);
    return [text, text.replaceAll('+', '-').replaceAll('/', '_')];
  });
  const texts = [
    value,
    JSON.stringify(value).slice(1, -1),
    encodeURIComponent(value),
    new URLSearchParams({ a: value }).toString().slice(2),
    bytes.toString('hex'),
    ...base64,
  ];
  return [...new Set(texts)].map((text) => Buffer.from(text));
}

/** Values that must be nowhere, by the name of what they are. */
export function createSentinels() {
  const values = new Map<string, string>();
  return {
    add: (name: string, value: string): string => {
      values.set(name, value);
      return value;
    },
    plant: (name: string): string => {
      const value = newSentinel(name);
      values.set(name, value);
      return value;
    },
    /** The sentinels that the text contains. */
    foundIn: (haystack: string | Buffer): string[] => {
      const bytes = typeof haystack === 'string' ? Buffer.from(haystack) : haystack;
      return [...values]
        .filter(([, value]) => shapesOf(value).some((shape) => bytes.includes(shape)))
        .map(([name]) => name);
    },
  };
}

export type Sentinels = ReturnType<typeof createSentinels>;
