import type { Template } from '#server/domain/analysis/result.ts';
import { type ArgumentValues, type CredentialValues, renderArguments } from '#server/domain/credentials/form.ts';
import type { DeploymentFields } from '../rows/fields.ts';

type Named = { name: string; default: string | null };

const namesIn = (templates: readonly Template[]): ReadonlySet<string> =>
  new Set(templates.flat().flatMap((part) => (typeof part === 'string' ? [] : [part.field])));

/** The text of a template, or null while one of its fields has neither a value nor a default. */
function fill(template: Template, textOf: (name: string) => string | null): string | null {
  const parts = template.map((part) => (typeof part === 'string' ? part : textOf(part.field)));
  return parts.includes(null) ? null : parts.join('');
}

const valuesFrom =
  (fields: readonly Named[], values: Record<string, string | string[]>) =>
  (name: string): string | null => {
    const set = Object.hasOwn(values, name) ? values[name] : undefined;
    const [value] = Array.isArray(set) ? set : [set];
    return value ?? fields.find((field) => field.name === name)?.default ?? null;
  };

/** All arguments of the server: the fixed ones, the words of the launch, then the fields that no word holds. */
export function renderCommandLine(fields: DeploymentFields, values: ArgumentValues): string[] {
  const words = fields.launch?.words ?? [];
  const held = namesIn(words.map(({ value }) => value));
  const textOf = valuesFrom(fields.arguments, values);
  const rendered = words.flatMap(({ flag, value }) => {
    const text = fill(value, textOf);
    if (text === null) return [];
    return flag === null ? [text] : [flag, text];
  });
  const others = fields.arguments.filter(({ name }) => !held.has(name));
  return [...fields.fixedArguments, ...rendered, ...renderArguments(others, values)];
}

/** The variables of the server. Fields that only compose other variables are not variables themselves. */
export function renderVariables(fields: DeploymentFields, values: CredentialValues): Record<string, string> {
  const composed = fields.launch?.variables ?? {};
  const parts = namesIn(Object.values(composed));
  const env = Object.fromEntries(Object.entries(values).filter(([name]) => !parts.has(name)));
  const textOf = valuesFrom(fields.credentials, values);
  for (const [name, template] of Object.entries(composed)) {
    const text = fill(template, textOf);
    if (text !== null) env[name] = text;
  }
  return env;
}
