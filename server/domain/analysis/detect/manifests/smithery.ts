import { parse as parseYaml } from 'yaml';
import { z } from 'zod';
import { lineAt } from '../../files/file-set.ts';
import { ENV_NAME, type EnvFinding, evidenceOf } from '../finding.ts';

/** Real ones have less than a tenth of it; the parser takes quadratic time on what strangers can write. */
const CHARACTERS_MAX = 24_000;

const propertySchema = z.looseObject({
  type: z.unknown().optional(),
  description: z.string().optional(),
  default: z.unknown().optional(),
  enum: z.array(z.string()).optional().catch(undefined),
});

const startSchema = z.looseObject({
  type: z.string().optional(),
  configSchema: z
    .looseObject({
      required: z.array(z.string()).nullish().catch(undefined),
      properties: z.record(z.string(), propertySchema).nullish().catch(undefined),
      commandFunction: z.string().optional(),
    })
    .optional()
    .catch(undefined),
  commandFunction: z.string().optional().catch(undefined),
});

/** `NAME: config.key`, `"NAME": String(config.key)`, `NAME: config["key"]` in the command function, which is never run. */
const PAIR =
  /["']?([A-Z][A-Z0-9_]{1,79})["']?\s{0,20}:\s{0,20}(?:\w{1,20}\(\s{0,9})?config(?:\.(\w{1,79})|\[["'](\w{1,79})["']\])/g;

/** Variables in smithery.yaml: properties of its schema, joined to names by the text of its command function. */
export function readSmithery(content: string, file: string): EnvFinding[] {
  if (content.length > CHARACTERS_MAX) return [];
  let parsed: unknown;
  try {
    parsed = parseYaml(content, { maxAliasCount: 20 });
  } catch {
    return []; // a template, or not YAML
  }
  const document = z.looseObject({ startCommand: startSchema }).safeParse(parsed);
  if (!document.success) return [];
  const { configSchema, commandFunction, type } = document.data.startCommand;
  if (type === 'http') return [];
  const properties = configSchema?.properties ?? {};
  const required = new Set(configSchema?.required ?? []);
  const code = commandFunction ?? configSchema?.commandFunction ?? '';
  return [...code.matchAll(PAIR)].flatMap((match): EnvFinding[] => {
    const name = match[1] ?? '';
    const key = match[2] ?? match[3] ?? '';
    const property = properties[key];
    if (!ENV_NAME.test(name)) return [];
    const fallback = property?.default;
    return [
      {
        name,
        evidence: evidenceOf('SMITHERY', file, lineAt(content, Math.max(0, content.indexOf(name))), key),
        ...(property?.description ? { description: property.description } : {}),
        requirement: required.has(key) && fallback === undefined ? 'LAZY' : 'OPTIONAL',
        ...(property?.type === 'boolean'
          ? { kind: 'BOOLEAN' as const }
          : property?.type === 'number' || property?.type === 'integer'
            ? { kind: 'NUMBER' as const }
            : {}),
        ...(property?.enum?.length ? { choices: property.enum } : {}),
      },
    ];
  });
}
