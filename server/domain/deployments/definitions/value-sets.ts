import { canonicalText } from '#deploy/host/definition-text.ts';
import { type SchemaEffect, shown } from './schema-effect.ts';

/** A difference of one keyword, without its place. */
export type KeywordDifference = { effect: SchemaEffect; text: string };

const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : [value]);

/** Compares two sets of alternatives, of which a value must be one. */
function compareAlternatives(
  name: string,
  before: readonly unknown[],
  after: readonly unknown[],
  isCovered: (one: unknown, by: readonly unknown[]) => boolean,
): KeywordDifference | null {
  const gone = before.filter((one) => !isCovered(one, after));
  const come = after.filter((one) => !isCovered(one, before));
  if (gone.length > 0) return { effect: 'NARROWED', text: `${name} no longer allows ${gone.map(shown).join(', ')}` };
  if (come.length > 0) return { effect: 'WIDENED', text: `${name} also allows ${come.map(shown).join(', ')}` };
  return null;
}

const isEqualToOne = (one: unknown, by: readonly unknown[]): boolean => {
  const text = canonicalText(one);
  return by.some((other) => canonicalText(other) === text);
};

const isTypeOf = (one: unknown, by: readonly unknown[]): boolean =>
  by.includes(one) || (one === 'integer' && by.includes('number'));

/** `type`: absent, a name, or a list of names. An integer is a number. */
export function compareTypes(before: unknown, after: unknown): KeywordDifference | null {
  if (before === undefined && after === undefined) return null;
  if (before === undefined) return { effect: 'NARROWED', text: `type is now ${shown(after)}` };
  if (after === undefined) return { effect: 'WIDENED', text: 'type is no longer limited' };
  return compareAlternatives('type', listOf(before), listOf(after), isTypeOf);
}

/** The values that `enum` or `const` allow; null where neither limits them. */
const valuesOf = (schema: Record<string, unknown>): unknown[] | null => {
  if (schema['const'] !== undefined) return [schema['const']];
  return Array.isArray(schema['enum']) ? schema['enum'] : null;
};

/** `enum` and `const`, which is an enum of one value. */
export function compareValues(
  before: Record<string, unknown>,
  after: Record<string, unknown>,
): KeywordDifference | null {
  const [old, now] = [valuesOf(before), valuesOf(after)];
  if (old === null && now === null) return null;
  if (old === null) return { effect: 'NARROWED', text: `the value is limited to ${(now ?? []).map(shown).join(', ')}` };
  if (now === null) return { effect: 'WIDENED', text: 'the value is no longer limited to a list' };
  return compareAlternatives('enum', old, now, isEqualToOne);
}

/** Keywords whose smaller value allows more, and those whose larger value does. */
const LOWER_BOUNDS = ['minimum', 'exclusiveMinimum', 'minLength', 'minItems', 'minProperties', 'minContains'];
const UPPER_BOUNDS = ['maximum', 'exclusiveMaximum', 'maxLength', 'maxItems', 'maxProperties', 'maxContains'];
export const BOUNDS: readonly string[] = [...LOWER_BOUNDS, ...UPPER_BOUNDS];

/** A bound of numbers, lengths or counts. */
export function compareBounds(name: string, before: unknown, after: unknown): KeywordDifference | null {
  if (before === after) return null;
  if (before === undefined) return { effect: 'NARROWED', text: `${name} is now ${shown(after)}` };
  if (after === undefined) return { effect: 'WIDENED', text: `${name} is no longer limited` };
  const text = `${name} changed from ${shown(before)} to ${shown(after)}`;
  if (typeof before !== 'number' || typeof after !== 'number') return { effect: 'NARROWED', text };
  const allowsMore = LOWER_BOUNDS.includes(name) ? after < before : after > before;
  return { effect: allowsMore ? 'WIDENED' : 'NARROWED', text };
}

/** `anyOf` and `oneOf`: another alternative widens. `allOf`: another condition narrows. */
export function compareBranches(name: string, before: unknown, after: unknown): KeywordDifference | null {
  if (before === undefined && after === undefined) return null;
  if (before === undefined) return { effect: 'NARROWED', text: `${name} is a new condition` };
  if (after === undefined) return { effect: 'WIDENED', text: `${name} is no longer a condition` };
  const [old, now] = [listOf(before), listOf(after)];
  const difference =
    name === 'allOf'
      ? compareAlternatives(name, now, old, isEqualToOne)
      : compareAlternatives(name, old, now, isEqualToOne);
  return difference === null ? null : { ...difference, text: `the alternatives of ${name} changed` };
}

/** `default`: a call that leaves the value out may mean something else after a change. */
export function compareDefaults(before: unknown, after: unknown): KeywordDifference | null {
  if (canonicalText(before) === canonicalText(after)) return null;
  if (before === undefined) return { effect: 'WIDENED', text: `it has a default now: ${shown(after)}` };
  return { effect: 'NARROWED', text: `the default changed from ${shown(before)} to ${shown(after)}` };
}

/** Any other keyword that constrains: only its absence is understood. */
export function compareUnknown(name: string, before: unknown, after: unknown): KeywordDifference | null {
  if (canonicalText(before) === canonicalText(after)) return null;
  if (after === undefined) return { effect: 'WIDENED', text: `${name} is no longer a condition` };
  const text = before === undefined ? `${name} is a new condition: ${shown(after)}` : `${name} is now ${shown(after)}`;
  return { effect: 'NARROWED', text };
}
