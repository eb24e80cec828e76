import { z } from 'zod';
import { isRecord } from '../is-record.ts';

/**
 * The one builder from fields to a schema: the form in the browser and the service behind `deploy` validate with it.
 * It knows nothing but zod, so that the client can import it.
 */

export type FormFieldKind = 'SECRET' | 'TEXT' | 'NUMBER' | 'BOOLEAN' | 'CHOICE' | 'FILE';

/** The part of a CredentialField that the form needs. */
export type CredentialFormField = {
  name: string;
  label: string;
  kind: FormFieldKind;
  required: boolean;
  choices: readonly string[];
  pattern?: string | null | undefined;
  group?: string | null | undefined;
  /** The other fields of its group that are needed with it. */
  together?: readonly string[] | undefined;
};

/** The part of an ArgumentField that the form needs. */
export type ArgumentFormField = {
  name: string;
  label: string;
  kind: FormFieldKind;
  required: boolean;
  repeated: boolean;
  positional: boolean;
  flag?: string | null | undefined;
  /** The variable that sets the same: one of both is enough. */
  variable?: string | null | undefined;
  choices: readonly string[];
};

/** A value of the form before validation: inputs give strings, switches booleans, numeric inputs numbers. */
export type FormInput = string | number | boolean | null | undefined;

/** Only what is set. Unset variables are absent: some servers crash on an empty string. */
export type CredentialValues = Record<string, string>;

/** Only what is set; always arrays, of one value unless the field is repeated. */
export type ArgumentValues = Record<string, string[]>;

const VALUE_CHARACTERS_MAX = 32_768;
const FILE_CHARACTERS_MAX = 1_400_000; // 1 MB as base64
const REPEATED_MAX = 64;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** Text as the server gets it, or null when the input counts as unset. */
function textOf(input: unknown): string | null {
  if (input === null || input === undefined) return null;
  if (typeof input === 'number' || typeof input === 'boolean') return String(input);
  if (typeof input !== 'string') return null;
  return input.trim() === '' ? null : input;
}

/** A field's pattern comes from a stranger's repository: one that does not compile, or is long, is not applied. */
function compile(pattern: string | null | undefined): RegExp | null {
  if (!pattern || pattern.length > PATTERN_CHARACTERS_MAX) return null;
  try {
    return new RegExp(`^(?:${pattern})$`, 'u');
  } catch {
    return null;
  }
}

const PATTERN_CHARACTERS_MAX = 200;
const STEPS_MAX = 10_000_000;

/**
 * Reports whether a pattern can be tried on a value without stopping the whole server: how many ways there are to match
 * it, at worst, if nothing matches in the end. A group that repeats can have exponentially many, so such patterns are
 * left out; each unbounded repeat can end at every character, and each choice doubles the ways.
 */
function isCheap(pattern: string, value: string): boolean {
  if (pattern.length > PATTERN_CHARACTERS_MAX) return false;
  const bare = pattern
    .replace(/\\./gsu, 'x')
    .replace(/\[[^\]]*\]/gu, 'x')
    .replace(/\(\?(?:[:=!]|<[=!]|<\w+>)/gu, '(');
  if (/\)[*+{]/u.test(bare)) return false;
  const repeats = bare.match(/[*+]|\{\d+,\d*\}/gu)?.length ?? 0;
  const choices = bare.match(/[?|]/gu)?.length ?? 0;
  return value.length ** repeats * 2 ** choices <= STEPS_MAX;
}

type ValueField = Pick<CredentialFormField, 'label' | 'kind' | 'choices' | 'pattern'>;

/** Describes the problem of a value that is set, as one sentence; null when it is valid. */
function problemOf(field: ValueField, value: string): string | null {
  const max = field.kind === 'FILE' ? FILE_CHARACTERS_MAX : VALUE_CHARACTERS_MAX;
  if (value.length > max) return `${field.label} is too long: ${max} characters at most.`;
  if (value.includes('\0')) return `${field.label} contains a NUL character, which no variable or argument can hold.`;
  if (field.kind === 'NUMBER' && !Number.isFinite(Number(value))) return `${field.label} must be a number.`;
  if (field.kind === 'BOOLEAN' && value !== 'true' && value !== 'false') return `${field.label} must be true or false.`;
  if (field.kind === 'CHOICE' && field.choices.length > 0 && !field.choices.includes(value))
    return `${field.label} must be one of: ${field.choices.join(', ')}.`;
  if (field.kind === 'FILE' && !BASE64.test(value)) return `${field.label} must be a file, sent as base64.`;
  if (field.pattern && isCheap(field.pattern, value) && compile(field.pattern)?.test(value) === false)
    return `${field.label} does not have the expected form (${field.pattern}).`;
  return null;
}

/**
 * The schema of a credential form: takes whatever the form holds, gives what to set. Issues lie at the path of the
 * field's name; a group that lacks its one value is reported at its first field. Unknown names are refused.
 */
export function credentialFormSchema(
  fields: readonly CredentialFormField[],
): z.ZodType<CredentialValues, Record<string, FormInput>> {
  const byName = new Map(fields.map((field) => [field.name, field]));
  return z.custom<Record<string, FormInput>>(isRecord, 'Expected names and values.').transform((input, context) => {
    const values = new Map<string, string>();
    const issue = (name: string, message: string) => context.addIssue({ code: 'custom', path: [name], message });

    for (const [name, raw] of Object.entries(input)) {
      const value = textOf(raw);
      if (value === null) continue;
      const field = byName.get(name);
      if (!field) {
        issue(name, `${name} is not a field of this server.`);
        continue;
      }
      const problem = problemOf(field, value);
      if (problem) issue(name, problem);
      else values.set(name, field.kind === 'NUMBER' ? value.trim() : value);
    }
    const attempted = (name: string) => textOf(Object.hasOwn(input, name) ? input[name] : null) !== null;
    for (const field of fields) {
      if (field.required && !field.group && !attempted(field.name)) issue(field.name, `${field.label} is required.`);
    }
    for (const group of new Set(fields.flatMap((field) => (field.group ? [field.group] : [])))) {
      const members = fields.filter((field) => field.group === group);
      const [first] = members;
      if (!first || !members.some((field) => field.required)) continue;
      if (isGroupMet(members, attempted)) continue;
      const started = members.find((field) => attempted(field.name));
      const missing = started?.together?.find((name) => !attempted(name));
      if (started && missing !== undefined)
        issue(missing, `${byName.get(missing)?.label ?? missing} is required together with ${started.label}.`);
      else issue(first.name, `One of these is required: ${waysOf(members).join(', ')}.`);
    }
    return Object.fromEntries(values);
  });
}

type Twins<Credential, Argument> = { credentials: readonly Credential[]; arguments: readonly Argument[] };

/**
 * The fields, of which none is required whose setting has a value the other way: as a flag, or as the variable of the
 * same setting.
 */
export function withTwinsMet<Credential extends CredentialFormField, Argument extends ArgumentFormField>(
  fields: Twins<Credential, Argument>,
  isSet: { credential: (name: string) => boolean; argument: (name: string) => boolean },
): Twins<Credential, Argument> {
  const given = new Set(
    fields.arguments.flatMap(({ name, variable }) => (variable && isSet.argument(name) ? [variable] : [])),
  );
  const has = (name: string) => given.has(name) || isSet.credential(name);
  const isMet = (field: Credential): boolean =>
    field.group
      ? isGroupMet(
          fields.credentials.filter(({ group }) => group === field.group),
          has,
        )
      : given.has(field.name);
  return {
    credentials: fields.credentials.map((field) =>
      field.required && isMet(field) ? { ...field, required: false } : field,
    ),
    arguments: fields.arguments.map((field) =>
      field.required && field.variable && isSet.credential(field.variable) ? { ...field, required: false } : field,
    ),
  };
}

/** True if the fields that are set suffice for their group: one of them, with those that belong to it. */
export const isGroupMet = (
  members: readonly { name: string; together?: readonly string[] | undefined }[],
  isSet: (name: string) => boolean,
): boolean => members.some(({ name, together = [] }) => isSet(name) && together.every(isSet));

/** The labels of a group; fields that belong together stand as one. */
function waysOf(members: readonly CredentialFormField[]): string[] {
  const ways = members.map(({ name, together = [] }) =>
    members.filter((one) => one.name === name || together.includes(one.name)).map(({ label }) => label),
  );
  return [...new Set(ways.map((labels) => labels.join(' with ')))];
}

/** The schema of an argument form; a repeated field takes an array, or one value. */
export function argumentFormSchema(
  fields: readonly ArgumentFormField[],
): z.ZodType<ArgumentValues, Record<string, FormInput | FormInput[]>> {
  const byName = new Map(fields.map((field) => [field.name, field]));
  return z
    .custom<Record<string, FormInput | FormInput[]>>(isRecord, 'Expected names and values.')
    .transform((input, context) => {
      const values = new Map<string, string[]>();
      const issue = (name: string, message: string) => context.addIssue({ code: 'custom', path: [name], message });

      for (const [name, raw] of Object.entries(input)) {
        const set = (Array.isArray(raw) ? raw : [raw]).flatMap((one) => textOf(one) ?? []);
        if (set.length === 0) continue;
        const field = byName.get(name);
        if (!field) {
          issue(name, `${name} is not an argument of this server.`);
          continue;
        }
        const dashed = field.positional && set.some((value) => value.startsWith('-'));
        const problem =
          (!field.repeated && set.length > 1 ? `${field.label} takes one value only.` : null) ??
          (set.length > REPEATED_MAX ? `${field.label} takes at most ${REPEATED_MAX} values.` : null) ??
          (dashed ? `${field.label} must not start with a dash: the server would take it for a flag.` : null) ??
          set.map((value) => problemOf(field, value)).find((found) => found !== null);
        if (problem) issue(name, problem);
        values.set(name, set);
      }
      for (const field of fields) {
        if (field.required && !values.has(field.name)) issue(field.name, `${field.label} is required.`);
      }
      return Object.fromEntries(values);
    });
}

/**
 * The argument array of a server: flags first, positionals after them, each in the order of the fields. No shell is
 * ever involved, so nothing is quoted. A value that starts with a dash is tied to its long flag.
 */
export function renderArguments(fields: readonly ArgumentFormField[], values: ArgumentValues): string[] {
  const flags: string[] = [];
  const positionals: string[] = [];
  for (const field of fields) {
    const set = Object.hasOwn(values, field.name) ? (values[field.name] ?? []) : [];
    for (const value of set) {
      if (field.positional || !field.flag) positionals.push(value);
      else if (field.kind === 'BOOLEAN') flags.push(...(value === 'true' ? [field.flag] : []));
      else if (value.startsWith('-') && field.flag.startsWith('--')) flags.push(`${field.flag}=${value}`);
      else flags.push(field.flag, value);
    }
  }
  return [...flags, ...positionals];
}
