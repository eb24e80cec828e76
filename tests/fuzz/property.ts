import fc from 'fast-check';

const RUNS = Number(process.env['CATWALK_FUZZ_RUNS'] ?? 200);
const SEED = process.env['CATWALK_FUZZ_SEED'];

/**
 * How often a property is tried, and from which seed. A failure prints its seed and the smallest example that was found;
 * `CATWALK_FUZZ_SEED` tries the same again, `CATWALK_FUZZ_RUNS` tries longer.
 */
export const tries = <T>(): fc.Parameters<T> => ({
  numRuns: RUNS,
  ...(SEED === undefined ? {} : { seed: Number(SEED) }),
});

/** Longer runs than a test usually has: half an hour for the longest. */
export const FUZZ_TIMEOUT_MS = Math.max(30_000, RUNS * 50);

/** Text as people and programs send it: any characters, and now and then ones that mean something somewhere. */
export const wildText = (): fc.Arbitrary<string> =>
  fc
    .array(
      fc.oneof(
        fc.string({ unit: 'grapheme', maxLength: 6 }),
        fc.string({ unit: 'binary-ascii', maxLength: 6 }),
        fc.constantFrom(...MEANINGFUL),
      ),
      { maxLength: 12 },
    )
    .map((parts) => parts.join(''));

const MEANINGFUL = [
  '@',
  '/',
  ':',
  '#',
  '?',
  '=',
  '&',
  '%',
  '..',
  '../',
  '$(x)',
  '`x`',
  '|',
  ';',
  '--',
  '\n',
  '\r\n',
  '\0',
  '\t',
  ' ',
  '"',
  "'",
  '\\',
  '{',
  '}',
  '[',
  ']',
  ',',
  '<script>',
  '\ufeff',
  '\u202e',
  '\ud800',
  'é',
  '😀',
];
