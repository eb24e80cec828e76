export type Parameter = {
  name: string;
  /** In words: string, number, boolean, array of string, object, … */
  type: string;
  kind: 'string' | 'number' | 'integer' | 'boolean' | 'choice' | 'json';
  required: boolean;
  description: string | null;
  choices: readonly (string | number)[];
  default: unknown;
};

type Json = Record<string, unknown>;
const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);

/** Follows a local $ref, once; deeper puzzles are left to the raw JSON editor. */
function resolve(schema: Json, root: Json): Json {
  const ref = text(schema['$ref']);
  if (!ref?.startsWith('#/')) return schema;
  let at: unknown = root;
  for (const part of ref.slice(2).split('/')) {
    at = isObject(at) ? at[part.replaceAll('~1', '/').replaceAll('~0', '~')] : undefined;
  }
  return isObject(at) ? { ...at, ...schema } : schema;
}

/** The one type besides null, of a union that only adds null. */
function withoutNull(schema: Json, root: Json): Json {
  const options = [schema['anyOf'], schema['oneOf']].find(Array.isArray);
  if (!options) return schema;
  const real = options.filter(isObject).filter((option) => option['type'] !== 'null');
  return real.length === 1 && real[0] ? { ...schema, ...resolve(real[0], root) } : schema;
}

const typeOf = (schema: Json): string | null => {
  const { type } = schema;
  if (Array.isArray(type)) return text(type.find((one) => one !== 'null'));
  return text(type);
};

const wordsOf = (schema: Json, root: Json): string => {
  const type = typeOf(schema);
  if (type !== 'array') return type ?? (Array.isArray(schema['enum']) ? 'choice' : 'any');
  const items = isObject(schema['items']) ? resolve(schema['items'], root) : null;
  return items ? `array of ${wordsOf(items, root)}` : 'array';
};

/** The top-level parameters of a tool's input schema. What is no plain value is edited as JSON. */
export function parametersOf(schema: unknown): Parameter[] {
  if (!isObject(schema) || !isObject(schema['properties'])) return [];
  const required = Array.isArray(schema['required']) ? schema['required'] : [];
  return Object.entries(schema['properties']).map(([name, raw]): Parameter => {
    const property = isObject(raw) ? withoutNull(resolve(raw, schema), schema) : {};
    const choices = Array.isArray(property['enum'])
      ? property['enum'].filter((one): one is string | number => typeof one === 'string' || typeof one === 'number')
      : [];
    const type = typeOf(property);
    const kind =
      choices.length > 0
        ? 'choice'
        : type === 'string' || type === 'number' || type === 'integer' || type === 'boolean'
          ? type
          : 'json';
    return {
      name,
      type: wordsOf(property, schema),
      kind,
      required: required.includes(name),
      description: text(property['description']) ?? text(property['title']),
      choices,
      default: property['default'],
    };
  });
}

/**
 * The arguments of a call from what the form holds: unset values are absent. Throws a SyntaxError that names the
 * parameter whose JSON does not parse.
 */
export function argumentsOf(parameters: readonly Parameter[], values: Record<string, string>): Json {
  const set = parameters.filter((parameter) => (values[parameter.name] ?? '') !== '');
  return Object.fromEntries(set.map((parameter) => [parameter.name, parsed(parameter, values[parameter.name] ?? '')]));
}

function parsed(parameter: Parameter, value: string): unknown {
  switch (parameter.kind) {
    case 'string':
      return value;
    case 'choice':
      return parameter.choices.find((choice) => String(choice) === value) ?? value;
    case 'number':
    case 'integer':
      if (!Number.isFinite(Number(value))) throw new SyntaxError(`${parameter.name} must be a number.`);
      return Number(value);
    case 'boolean':
      return value === 'true';
    case 'json':
      try {
        return JSON.parse(value);
      } catch (cause) {
        throw new SyntaxError(`${parameter.name} is not valid JSON.`, { cause });
      }
  }
}
