import { fromWire, toWire } from '../bridge/wire-values.ts';
import { isRecord, isText } from '../records.ts';
import type { ToolChange } from '../view-contract.ts';
import { type Member, rawOf, withMember } from './edit-members.ts';

/** Schemas in which a hidden argument can be named, too. */
const COMBINED = ['allOf', 'anyOf', 'oneOf', 'then', 'else', 'if', 'not'];
/** Schemas for others to refer to: most describe parts of an argument, in which the same name is another thing. */
const DEFINITIONS = ['$defs', 'definitions'];
/** Places of a schema that can show a value of an argument. */
const EXAMPLES = ['default', 'examples', 'example', 'const', 'enum'];
const BY_PROPERTY = ['properties', 'dependentRequired', 'dependentSchemas', 'dependencies'];
const DEPTH_MAX = 8;

const without = (value: unknown, names: ReadonlySet<string>): unknown =>
  isRecord(value) ? Object.fromEntries(Object.entries(value).filter(([name]) => !names.has(name))) : value;

/** References to definitions that describe the arguments themselves. */
const referred = (schema: unknown, root: unknown, found = new Set<string>()): ReadonlySet<string> => {
  if (Array.isArray(schema)) for (const one of schema) referred(one, root, found);
  if (!isRecord(schema)) return found;
  const ref = schema['$ref'];
  const [, place = '', name = ''] = (isText(ref) && /^#\/([^/]+)\/([^/]+)$/.exec(ref)) || [];
  if (isText(ref) && DEFINITIONS.includes(place) && !found.has(ref)) {
    found.add(ref);
    const definitions = isRecord(root) ? root[place] : null;
    referred(isRecord(definitions) ? definitions[name] : null, root, found);
  }
  for (const key of COMBINED) referred(schema[key], root, found);
  return found;
};

/** The schema without the arguments; what is left accepts the same calls, apart from them. */
const schemaWithout = (schema: unknown, names: ReadonlySet<string>, depth = 0): unknown => {
  if (Array.isArray(schema)) return schema.map((one) => schemaWithout(one, names, depth));
  if (!isRecord(schema) || depth > DEPTH_MAX) return schema;
  const shown: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(schema)) {
    if (EXAMPLES.includes(key)) continue;
    if (key === 'required' && Array.isArray(value)) {
      const required = value.filter((name) => typeof name !== 'string' || !names.has(name));
      if (required.length > 0) shown[key] = required;
    } else if (BY_PROPERTY.includes(key)) shown[key] = withoutDependents(without(value, names), names);
    else if (COMBINED.includes(key)) shown[key] = schemaWithout(value, names, depth + 1);
    else shown[key] = value;
  }
  return shown;
};

/** Lists of other arguments that an argument needs. */
const withoutDependents = (value: unknown, names: ReadonlySet<string>): unknown =>
  isRecord(value)
    ? Object.fromEntries(
        Object.entries(value).map(([name, one]) => [
          name,
          Array.isArray(one) ? one.filter((it) => !names.has(it)) : one,
        ]),
      )
    : value;

/** The schema of all arguments of a tool, with its definitions. */
const inputWithout = (schema: unknown, names: ReadonlySet<string>): unknown => {
  const shown = schemaWithout(schema, names);
  if (!isRecord(shown)) return shown;
  const references = referred(schema, schema);
  for (const place of DEFINITIONS) {
    const definitions = shown[place];
    if (isRecord(definitions))
      shown[place] = Object.fromEntries(
        Object.entries(definitions).map(([name, one]) => [
          name,
          references.has(`#/${place}/${name}`) ? schemaWithout(one, names) : one,
        ]),
      );
  }
  return shown;
};

/** The definition of a tool as the view shows it. */
export const showTool = (tool: readonly Member[], name: string, change: ToolChange | null): Member[] => {
  let shown = withMember(tool, 'name', toWire(name));
  if (change === null) return shown;
  if (change.title !== undefined) shown = withMember(shown, 'title', toWire(change.title));
  if (change.description !== undefined) shown = withMember(shown, 'description', toWire(change.description));
  const names = new Set(Object.keys(change.arguments ?? {}));
  if (names.size === 0) return shown;
  const schema = fromWire(rawOf(shown, 'inputSchema') ?? '{}');
  return withMember(shown, 'inputSchema', toWire(inputWithout(schema, names)));
};
