import { z } from 'zod';
import type { Assignment } from './assignments.ts';
import { usage } from './failure.ts';

const typesSchema = z.union([z.string().transform((type) => [type]), z.array(z.string())]);
const schemaSchema = z.looseObject({
  properties: z.record(z.string(), z.looseObject({ type: typesSchema.optional().catch(undefined) })).optional(),
});

/**
 * The arguments of a call from words of the command line. A value is text where the schema of the tool says so, or says
 * nothing about a value that is no JSON; else JSON, such as a number, `true` or a list.
 */
export function toolArguments(inputSchema: unknown, given: readonly Assignment[]): Record<string, unknown> {
  const properties = schemaSchema.safeParse(inputSchema).data?.properties ?? {};
  return Object.fromEntries(
    given.map(({ name, value }) => [name, readValue(name, value, properties[name]?.type ?? null)]),
  );
}

function readValue(name: string, text: string, types: readonly string[] | null): unknown {
  if (types?.includes('string') && (types.length === 1 || !isJson(text))) return text;
  if (isJson(text)) return JSON.parse(text);
  if (types === null) return text;
  throw usage(`--arg ${name} takes ${types.join(' or ')}.`, `Write its value as JSON: --arg '${name}=…'.`);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
