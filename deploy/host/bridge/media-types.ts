/** Media types as RFC 9110 compares them: letter case and parameters do not count, ranges and weights do. */

/** `application/json; charset=utf-8` → `application/json`. */
export const mediaTypeOf = (contentType: string | undefined): string =>
  (contentType ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';

type Range = { type: string; weight: number };

const rangesOf = (accept: string): Range[] =>
  accept.split(',').map((range) => {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    const weight = parameters.find((parameter) => parameter.startsWith('q='));
    return { type, weight: weight === undefined ? 1 : Number(weight.slice(2)) };
  });

/** The most specific range that matches decides (section 12.5.1): a range with weight 0 does not undo a type that is listed. */
const isAccepted = (ranges: readonly Range[], type: string): boolean => {
  for (const wanted of [type, `${type.split('/', 1)[0]}/*`, '*/*']) {
    const range = ranges.find((candidate) => candidate.type === wanted);
    if (range) return range.weight > 0;
  }
  return false;
};

const KNOWN_HEADERS_MAX = 100;

/**
 * Checks `Accept` headers for all of the types. A request without the header accepts everything. Clients send the same
 * header with every request, so the results are kept.
 */
export const createAcceptCheck = (types: readonly string[]): ((accept: string | undefined) => boolean) => {
  const known = new Map<string, boolean>();
  return (accept) => {
    if (accept === undefined) return true;
    const result = known.get(accept);
    if (result !== undefined) return result;
    const ranges = rangesOf(accept);
    const accepted = types.every((type) => isAccepted(ranges, type));
    if (known.size < KNOWN_HEADERS_MAX) known.set(accept, accepted);
    return accepted;
  };
};
