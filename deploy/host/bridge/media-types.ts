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

/** The header that MCP demands (2025-11-25, transports), as the official clients send it: with almost every request. */
const USUAL = 'application/json, text/event-stream';
const USUAL_TYPES: readonly string[] = USUAL.split(', ');

/** True if an `Accept` header accepts all of the types. A request without the header accepts everything. */
export const acceptsAll = (accept: string | undefined, types: readonly string[]): boolean => {
  if (accept === undefined) return true;
  if (accept === USUAL && types.every((type) => USUAL_TYPES.includes(type))) return true;
  const ranges = rangesOf(accept);
  return types.every((type) => isAccepted(ranges, type));
};
