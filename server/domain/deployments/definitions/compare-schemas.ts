import { canonicalText } from '#deploy/host/definition-text.ts';
import {
  below,
  isObject,
  READ_KEYWORDS,
  type SchemaComparison,
  type SchemaDifference,
  type SchemaWording,
  SILENT_KEYWORDS,
} from './schema-effect.ts';
import {
  BOUNDS,
  compareBounds,
  compareBranches,
  compareDefaults,
  compareTypes,
  compareUnknown,
  compareValues,
  type KeywordDifference,
} from './value-sets.ts';

/** A schema that is deeper is compared as a whole there. */
const DEPTH_MAX = 24;
/** A schema that uses its definitions often is not walked without end. */
const STEPS_MAX = 2_000;

const BRANCHES = ['anyOf', 'oneOf', 'allOf'];
/** Keywords with a comparison of their own. */
const KNOWN: ReadonlySet<string> = new Set([
  ...['type', 'enum', 'const', 'default', 'required', 'properties', 'additionalProperties', 'items', '$ref'],
  ...BRANCHES,
  ...BOUNDS,
]);
/** Conditions whose absence is understood as well as their presence; the others count as a narrowing either way. */
const LIFTABLE: ReadonlySet<string> = new Set([
  ...['pattern', 'format', 'multipleOf', 'uniqueItems', 'patternProperties', 'propertyNames', 'contains'],
  ...['dependentRequired', 'dependentSchemas', 'not', 'unevaluatedProperties', 'unevaluatedItems'],
]);

type Roots = { before: unknown; after: unknown };

/** Follows local references (`#/…`); null for one that leads nowhere or elsewhere. */
function resolve(schema: unknown, root: unknown): unknown {
  let at = schema;
  for (let hops = 0; hops < DEPTH_MAX; hops += 1) {
    const ref: unknown = isObject(at) ? at['$ref'] : undefined;
    if (typeof ref !== 'string' || !isObject(at)) return at;
    if (ref !== '#' && !ref.startsWith('#/')) return at;
    const names = ref.slice(1).split('/').slice(1).map(unescapePointer);
    const target = names.reduce<unknown>(
      (from, name) => (isObject(from) && Object.hasOwn(from, name) ? from[name] : null),
      root,
    );
    if (!isObject(target)) return at;
    const { $ref: _ref, ...beside } = at;
    at = Object.keys(beside).length === 0 ? target : { ...target, ...beside };
  }
  return at;
}

function unescapePointer(name: string): string {
  try {
    return decodeURIComponent(name).replaceAll('~1', '/').replaceAll('~0', '~');
  } catch {
    return name;
  }
}

/** An absent schema and `true` allow everything, as `{}` does; `false` allows nothing. */
const asObject = (schema: unknown): Record<string, unknown> | null =>
  schema === undefined || schema === null || schema === true ? {} : isObject(schema) ? schema : null;

const namesIn = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((name) => typeof name === 'string') : [];

/**
 * Compares two JSON Schemas by the subset that tools use: required, properties, types, enums, bounds, alternatives and
 * local references. A change that is not understood counts as a narrowing.
 */
export function compareSchemas(before: unknown, after: unknown): SchemaComparison {
  const differences: SchemaDifference[] = [];
  const wordings: SchemaWording[] = [];
  const roots: Roots = { before, after };
  let steps = 0;
  const texts = new WeakMap<object, string>();
  const textOf = (value: unknown): string => {
    if (!isObject(value)) return canonicalText(value);
    const text = texts.get(value) ?? canonicalText(value);
    texts.set(value, text);
    return text;
  };

  const note = (at: string, difference: KeywordDifference | null): undefined => {
    if (difference !== null) differences.push({ at, ...difference });
    return undefined;
  };

  const walk = (old: unknown, now: unknown, at: string, depth: number): undefined => {
    if (steps > STEPS_MAX) return;
    steps += 1;
    if (steps > STEPS_MAX) return note('', { effect: 'NARROWED', text: 'it is too large to be compared in full' });
    if (textOf(old) === textOf(now) && !textOf(old).includes('"$ref":')) return;
    const [was, is] = [asObject(resolve(old, roots.before)), asObject(resolve(now, roots.after))];
    if (was === null && is === null) return;
    if (was === null) return note(at, { effect: 'WIDENED', text: 'values are allowed now' });
    if (is === null) return note(at, { effect: 'NARROWED', text: 'no value is allowed any more' });
    if (depth >= DEPTH_MAX) {
      if (textOf(was) !== textOf(is)) note(at, { effect: 'NARROWED', text: 'the schema changed' });
      return;
    }
    compareTexts(was, is, at);
    note(at, compareTypes(was['type'], is['type']));
    note(at, compareValues(was, is));
    note(at, compareDefaults(was['default'], is['default']));
    for (const bound of BOUNDS) note(at, compareBounds(bound, was[bound], is[bound]));
    for (const name of BRANCHES) note(at, compareBranches(name, was[name], is[name]));
    compareRequired(was, is, at);
    compareProperties(was, is, at, depth);
    compareFurther(was, is, at, depth);
    for (const name of new Set([...Object.keys(was), ...Object.keys(is)])) {
      if (KNOWN.has(name) || READ_KEYWORDS.has(name) || SILENT_KEYWORDS.has(name)) continue;
      const difference = compareUnknown(name, was[name], is[name]);
      if (difference !== null) note(at, LIFTABLE.has(name) ? difference : { ...difference, effect: 'NARROWED' });
    }
    if (was['$ref'] !== is['$ref']) note(at, { effect: 'NARROWED', text: 'it refers to another schema' });
  };

  const compareTexts = (was: Record<string, unknown>, is: Record<string, unknown>, at: string) => {
    for (const name of READ_KEYWORDS) {
      const [text, other] = [was[name], is[name]].map((value) =>
        value === undefined ? null : typeof value === 'string' ? value : canonicalText(value),
      );
      if (text === other) continue;
      wordings.push({ at: below(at, name), before: text ?? null, after: other ?? null });
      note(below(at, name), { effect: 'WORDING', text: `${name} is worded differently` });
    }
  };

  const compareRequired = (was: Record<string, unknown>, is: Record<string, unknown>, at: string) => {
    const [old, now] = [new Set(namesIn(was['required'])), new Set(namesIn(is['required']))];
    for (const name of now) if (!old.has(name)) note(at, { effect: 'NARROWED', text: `“${name}” is required now` });
    for (const name of old)
      if (!now.has(name)) note(at, { effect: 'WIDENED', text: `“${name}” is no longer required` });
  };

  const compareProperties = (was: Record<string, unknown>, is: Record<string, unknown>, at: string, depth: number) => {
    const [old, now] = [was['properties'], is['properties']].map((value) => (isObject(value) ? value : {}));
    for (const name of new Set([...Object.keys(old ?? {}), ...Object.keys(now ?? {})])) {
      const place = below(below(at, 'properties'), name);
      const [had, has] = [own(old, name), own(now, name)];
      if (has === undefined) note(place, { effect: 'NARROWED', text: `“${name}” was removed` });
      else if (had !== undefined) walk(had, has, place, depth + 1);
      else if (!namesIn(is['required']).includes(name))
        note(place, { effect: 'WIDENED', text: `“${name}” is a new optional property` });
    }
  };

  const compareFurther = (was: Record<string, unknown>, is: Record<string, unknown>, at: string, depth: number) => {
    for (const name of ['additionalProperties', 'items'])
      if (was[name] !== undefined || is[name] !== undefined)
        walk(was[name] ?? true, is[name] ?? true, below(at, name), depth + 1);
  };

  walk(before, after, '', 0);
  return { differences, wordings };
}

const own = (from: Record<string, unknown> | undefined, name: string): unknown =>
  from !== undefined && Object.hasOwn(from, name) ? from[name] : undefined;
