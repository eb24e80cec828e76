import { fromWire, toWire } from '../bridge/json-rpc.ts';
import { isRecord } from '../records.ts';
import type { ToolChange } from '../view-contract.ts';
import { type Member, rawOf, withMember } from './edit-members.ts';

/** Schemas in which a hidden argument can be named, too. */
const COMBINED = ['allOf', 'anyOf', 'oneOf', 'then', 'else', 'if', 'not', '$defs', 'definitions'];
/** Places of a schema that can show a value of an argument. */
const EXAMPLES = ['default', 'examples', 'example', 'const', 'enum'];
const BY_PROPERTY = ['properties', 'dependentRequired', 'dependentSchemas', 'dependencies'];
const DEPTH_MAX = 8;

const without = (value: unknown, names: ReadonlySet<string>): unknown =>
  isRecord(value) ? Object.fromEntries(Object.entries(value).filter(([name]) => !names.has(name))) : value;

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

/** The definition of a tool as the view shows it. */
export const showTool = (tool: readonly Member[], name: string, change: ToolChange | null): Member[] => {
  let shown = withMember(tool, 'name', toWire(name));
  if (change === null) return shown;
  if (change.title !== undefined) shown = withMember(shown, 'title', toWire(change.title));
  if (change.description !== undefined) shown = withMember(shown, 'description', toWire(change.description));
  const names = new Set(Object.keys(change.arguments ?? {}));
  if (names.size === 0) return shown;
  const schema = fromWire(rawOf(shown, 'inputSchema') ?? '{}');
  return withMember(shown, 'inputSchema', toWire(schemaWithout(schema, names)));
};
