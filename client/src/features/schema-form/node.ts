/** One value of a JSON Schema, as a form asks for it. */
export type FormNode = {
  title: string | null;
  description: string | null;
  required: boolean;
  default: unknown;
  /** The name of the type: string, integer, array of string, … */
  type: string;
} & (
  | { kind: 'text'; format: string | null; pattern: string | null; minLength: number; maxLength: number }
  | { kind: 'number'; integer: boolean; minimum: number; maximum: number }
  | { kind: 'boolean' }
  | { kind: 'choice'; choices: readonly Choice[] }
  | { kind: 'choices'; choices: readonly Choice[]; minItems: number; maxItems: number }
  | { kind: 'list'; item: FormNode; minItems: number; maxItems: number }
  | { kind: 'group'; members: readonly { name: string; node: FormNode }[] }
  /** Schemas that no form shows well: a choice between shapes, free keys, a schema that contains itself. */
  | { kind: 'json' }
);
export type Choice = { value: unknown; label: string };
export type GroupNode = Extract<FormNode, { kind: 'group' }>;

type Json = Record<string, unknown>;
/** A deeper schema repeats itself or is better written as JSON. */
const DEPTH_MAX = 6;

export const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null);
const numberOf = (value: unknown, otherwise: number): number => (typeof value === 'number' ? value : otherwise);
const objectsOf = (value: unknown): Json[] => (Array.isArray(value) ? value.filter(isObject) : []);

/** Returns the fields of an object schema; any other schema has none. */
export function groupOf(schema: unknown): GroupNode {
  const root = isObject(schema) ? schema : {};
  const node = nodeOf(root, root, true, 0);
  return node.kind === 'group' ? node : { ...node, kind: 'group', members: [], type: 'object' };
}

function nodeOf(raw: unknown, root: Json, required: boolean, depth: number): FormNode {
  const schema = isObject(raw) ? plain(raw, root) : {};
  const base = {
    title: textOf(schema['title']),
    description: textOf(schema['description']),
    required,
    default: schema['default'],
  };
  const choices = choicesOf(schema);
  if (choices) return { ...base, kind: 'choice', choices, type: typeOf(schema) ?? 'choice' };
  const json: FormNode = { ...base, kind: 'json', type: typeOf(schema) ?? 'JSON' };
  if (depth > DEPTH_MAX) return json;
  switch (typeOf(schema)) {
    case 'string':
      return {
        ...base,
        kind: 'text',
        type: 'string',
        format: textOf(schema['format']),
        pattern: textOf(schema['pattern']),
        minLength: numberOf(schema['minLength'], 0),
        maxLength: numberOf(schema['maxLength'], Number.POSITIVE_INFINITY),
      };
    case 'number':
    case 'integer':
      return {
        ...base,
        kind: 'number',
        type: typeOf(schema) ?? 'number',
        integer: typeOf(schema) === 'integer',
        minimum: numberOf(schema['minimum'], Number.NEGATIVE_INFINITY),
        maximum: numberOf(schema['maximum'], Number.POSITIVE_INFINITY),
      };
    case 'boolean':
      return { ...base, kind: 'boolean', type: 'boolean' };
    case 'array':
      return arrayNode(schema, root, base, depth) ?? { ...json, type: 'array' };
    case 'object':
      return groupNode(schema, root, base, depth) ?? { ...json, type: 'object' };
    default:
      return json;
  }
}

type Base = Pick<FormNode, 'title' | 'description' | 'required' | 'default'>;

function arrayNode(schema: Json, root: Json, base: Base, depth: number): FormNode | null {
  if (!isObject(schema['items'])) return null;
  const item = nodeOf(schema['items'], root, true, depth + 1);
  const limits = {
    minItems: numberOf(schema['minItems'], 0),
    maxItems: numberOf(schema['maxItems'], Number.POSITIVE_INFINITY),
    type: `array of ${item.type}`,
  };
  if (item.kind === 'choice') return { ...base, ...limits, kind: 'choices', choices: item.choices };
  return item.kind === 'json' ? null : { ...base, ...limits, kind: 'list', item };
}

function groupNode(schema: Json, root: Json, base: Base, depth: number): FormNode | null {
  const { properties, oneOf, anyOf, allOf } = schema;
  if (!isObject(properties) || oneOf || anyOf || allOf) {
    const isEmpty = depth === 0 && !properties && !oneOf && !anyOf && !allOf;
    return isEmpty ? { ...base, kind: 'group', members: [], type: 'object' } : null;
  }
  const required = Array.isArray(schema['required']) ? schema['required'] : [];
  const all = Object.entries(properties).map(([name, property]) => ({
    name,
    node: nodeOf(property, root, required.includes(name), depth + 1),
  }));
  // Required members come first: the order of a stored schema has no meaning.
  const members = [...all.filter(({ node }) => node.required), ...all.filter(({ node }) => !node.required)];
  // An object with free keys only has no fields to show.
  return members.length === 0 && depth > 0 ? null : { ...base, kind: 'group', members, type: 'object' };
}

/** Unwraps a schema from local references, unions that only add null, and an allOf of one. */
function plain(schema: Json, root: Json): Json {
  let current = schema;
  for (let step = 0; step < DEPTH_MAX; step += 1) {
    const real = [...objectsOf(current['anyOf']), ...objectsOf(current['oneOf'])].filter(
      (one) => one['type'] !== 'null',
    );
    const all = objectsOf(current['allOf']);
    const inner = typeof current['$ref'] === 'string' ? target(current['$ref'], root) : (only(real) ?? only(all));
    if (!inner) return current;
    const { $ref: _ref, anyOf: _anyOf, oneOf: _oneOf, allOf: _allOf, ...outer } = current;
    current = { ...inner, ...outer };
  }
  return current;
}

const only = (list: readonly Json[]): Json | null => (list.length === 1 ? (list[0] ?? null) : null);

function target(ref: string, root: Json): Json | null {
  if (ref === '#') return root;
  if (!ref.startsWith('#/')) return null;
  let at: unknown = root;
  for (const part of ref.slice(2).split('/')) {
    at = isObject(at) ? at[part.replaceAll('~1', '/').replaceAll('~0', '~')] : undefined;
  }
  return isObject(at) ? at : null;
}

function typeOf(schema: Json): string | null {
  const { type } = schema;
  if (Array.isArray(type)) {
    const real = type.filter((one) => one !== 'null');
    return real.length === 1 ? textOf(real[0]) : null;
  }
  return textOf(type) ?? (isObject(schema['properties']) ? 'object' : null);
}

const labelOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** Returns the values of an enum or of a union of constants; null when the schema is not a choice. */
function choicesOf(schema: Json): readonly Choice[] | null {
  if (Array.isArray(schema['enum'])) {
    const names = Array.isArray(schema['enumNames']) ? schema['enumNames'] : [];
    return schema['enum']
      .filter((value) => value !== null)
      .map((value, index) => ({ value, label: textOf(names[index]) ?? labelOf(value) }));
  }
  if ('const' in schema) return [{ value: schema['const'], label: labelOf(schema['const']) }];
  const options = [...objectsOf(schema['oneOf']), ...objectsOf(schema['anyOf'])].filter(
    (one) => one['type'] !== 'null',
  );
  return options.length > 0 && options.every((one) => 'const' in one)
    ? options.map((one) => ({ value: one['const'], label: textOf(one['title']) ?? labelOf(one['const']) }))
    : null;
}
