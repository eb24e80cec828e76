import type { z } from 'zod';
import type { CredentialPayload } from '#server/domain/credentials/credential-set.ts';
import { argumentFormSchema, credentialFormSchema, withTwinsMet } from '#server/domain/credentials/form.ts';
import { findVariableNameProblem } from '#server/domain/credentials/variable-names.ts';
import { type FieldProblem, invalidInput, UserError } from '#server/domain/errors.ts';
import type { DeploymentFields } from '../rows/fields.ts';
import type { KeyValue } from './key-value.ts';
import { renderCommandLine, renderVariables } from './render-launch.ts';

export type FormValues = {
  credentials: KeyValue[];
  arguments: KeyValue[];
  extraArguments: string[];
  extraEnvironment: KeyValue[];
};

const FILE_BYTES_MAX = 256 * 1024;
const EXTRA_MAX = 100;
const ARGUMENT_CHARACTERS_MAX = 32_768;
/** Redacting shorter values would make a log unreadable. */
const REDACTED_CHARACTERS_MIN = 4;
/** Shorter lines of a value, such as `{` and `}` in a key file, are not secrets. */
const SECRET_LINE_MIN = 12;

/**
 * Validates the values of a form and renders the arguments, variables and files of the child. Of `personal` fields none
 * is required: each caller has values of its own. Throws INVALID_INPUT with the fields, or FORBIDDEN_VARIABLE.
 */
export function buildPayload(
  declared: DeploymentFields,
  values: FormValues,
  personal: readonly string[] = [],
): CredentialPayload {
  const fields = withoutRequirement(declared, personal);
  const { known, extra } = splitCredentials(fields, values);
  const problems: FieldProblem[] = [];
  const isGiven = (pairs: readonly KeyValue[]) => (name: string) =>
    pairs.some((pair) => pair.name === name && pair.value.trim() !== '');
  const form = withTwinsMet(
    { ...fields, arguments: argumentsFor(fields, values) },
    {
      credential: (name) => personal.includes(name) || isGiven([...known, ...extra])(name),
      argument: isGiven(values.arguments),
    },
  );
  const credentials = validate(credentialFormSchema(form.credentials), asRecord(known), problems) ?? {};
  const args = validate(argumentFormSchema(form.arguments), asLists(values.arguments), problems) ?? {};
  for (const { name } of known) refuseReserved(name); // the repository of a stranger may declare one
  const extraEnvironment = checkExtraEnvironment(extra, problems);
  if (values.extraArguments.some((argument) => argument.includes('\0') || argument.length > ARGUMENT_CHARACTERS_MAX)) {
    problems.push({ field: 'extraArguments', message: 'An extra argument is too long or contains a NUL character.' });
  }
  if (values.extraArguments.length > EXTRA_MAX) {
    problems.push({ field: 'extraArguments', message: `At most ${EXTRA_MAX} extra arguments are allowed.` });
  }
  const fileFields = new Set(fields.credentials.filter((field) => field.kind === 'FILE').map((field) => field.name));
  for (const name of fileFields) {
    if (Buffer.byteLength(credentials[name] ?? '', 'base64') > FILE_BYTES_MAX) {
      problems.push({ field: name, message: `${name} is larger than ${FILE_BYTES_MAX / 1024} kB.` });
    }
  }
  if (problems.length > 0) {
    throw invalidInput(problems[0]?.message ?? 'Some fields are wrong.', problems);
  }
  const env = { ...extraEnvironment };
  const texts = Object.fromEntries(Object.entries(credentials).filter(([name]) => !fileFields.has(name)));
  Object.assign(env, renderVariables(fields, texts));
  return {
    credentials,
    arguments: args,
    extraArguments: values.extraArguments,
    extraEnvironment,
    rendered: {
      args: [...renderCommandLine(fields, args), ...values.extraArguments],
      env,
      files: [...fileFields]
        .filter((name) => credentials[name] !== undefined)
        .map((name) => ({ env: name, name: name.toLowerCase(), contentBase64: credentials[name] ?? '' })),
      secrets: secretsOf(fields, credentials, args, values.extraArguments, extraEnvironment),
    },
  };
}

const withoutRequirement = (fields: DeploymentFields, names: readonly string[]): DeploymentFields =>
  names.length === 0
    ? fields
    : {
        ...fields,
        credentials: fields.credentials.map((field) =>
          names.includes(field.name) ? { ...field, required: false } : field,
        ),
      };

/** With arguments after `--` no field is required: they may hold the required ones, and the server reports missing ones. */
const argumentsFor = (fields: DeploymentFields, { extraArguments }: FormValues): DeploymentFields['arguments'] =>
  extraArguments.length === 0 ? fields.arguments : fields.arguments.map((field) => ({ ...field, required: false }));

/** Turns a payload back into form values, so that single values can be changed. */
export function valuesOf(payload: CredentialPayload): FormValues {
  const asPairs = (record: Record<string, string>): KeyValue[] =>
    Object.entries(record).map(([name, value]) => ({ name, value }));
  return {
    credentials: asPairs(payload.credentials),
    arguments: Object.entries(payload.arguments).flatMap(([name, list]) => list.map((value) => ({ name, value }))),
    extraArguments: payload.extraArguments,
    extraEnvironment: asPairs(payload.extraEnvironment),
  };
}

/** A variable that the analysis did not find, as from `--env NAME=VALUE` of a script, is an extra one. */
function splitCredentials(fields: DeploymentFields, values: FormValues) {
  const names = new Set(fields.credentials.map((field) => field.name));
  return {
    known: [...values.credentials, ...values.extraEnvironment].filter(({ name }) => names.has(name)),
    extra: [...values.credentials, ...values.extraEnvironment].filter(({ name }) => !names.has(name)),
  };
}

function checkExtraEnvironment(extra: KeyValue[], problems: FieldProblem[]): Record<string, string> {
  if (extra.length > EXTRA_MAX) {
    problems.push({ field: 'extraEnvironment', message: `At most ${EXTRA_MAX} extra variables are allowed.` });
  }
  const set: Record<string, string> = {};
  for (const { name, value } of extra) {
    refuseReserved(name);
    const problem = findVariableNameProblem(name);
    if (problem === 'malformed') problems.push({ field: name, message: `"${name}" is not a valid variable name.` });
    else if (value.includes('\0')) problems.push({ field: name, message: `${name} contains a NUL character.` });
    else if (value !== '') set[name] = value;
  }
  return set;
}

function refuseReserved(name: string): void {
  if (findVariableNameProblem(name) !== 'forbidden') return;
  throw new UserError('FORBIDDEN_VARIABLE', `The variable ${name} cannot be set: it changes how programs load.`, {
    kind: 'invalid-input',
    fields: [{ field: name, message: 'This name is reserved.' }],
    hint: 'Remove it. The settings of a server have other names.',
  });
}

function validate<Values>(
  schema: z.ZodType<Values>,
  input: Record<string, unknown>,
  problems: FieldProblem[],
): Values | null {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  for (const issue of result.error.issues) {
    problems.push({ field: issue.path.map(String).join('.'), message: issue.message });
  }
  return null;
}

const asRecord = (pairs: KeyValue[]): Record<string, string> =>
  Object.fromEntries(pairs.map(({ name, value }) => [name, value]));

function asLists(pairs: KeyValue[]): Record<string, string[]> {
  const lists = new Map<string, string[]>();
  for (const { name, value } of pairs) lists.set(name, [...(lists.get(name) ?? []), value]);
  return Object.fromEntries(lists);
}

const SECRET_FLAG = /^--?[\w-]*(?:token|key|secret|passw(?:or)?d|auth|credential|pat|dsn)[\w-]*(?:=(.*))?$/is;

/** Values of flags that are named like a secret, written as `--key VALUE` or `--key=VALUE`. */
const secretArguments = (args: string[]): string[] =>
  args.flatMap((argument, index) => {
    const flag = SECRET_FLAG.exec(argument);
    return flag ? [flag[1] ?? args[index + 1] ?? ''] : [];
  });

/**
 * Values to redact: secret fields, decoded files, values of flags that are named like secrets, and every extra
 * variable, because its content is unknown. Logs come line by line, so each line of a value counts too.
 */
function secretsOf(
  fields: DeploymentFields,
  credentials: Record<string, string>,
  args: Record<string, string[]>,
  extraArguments: string[],
  extraEnvironment: Record<string, string>,
): string[] {
  const values = [
    ...fields.credentials.flatMap(({ name, kind }) => {
      const value = credentials[name];
      if (value === undefined || (kind !== 'SECRET' && kind !== 'FILE')) return [];
      return kind === 'FILE' ? [value, Buffer.from(value, 'base64').toString('utf8')] : [value];
    }),
    ...fields.arguments.filter(({ kind }) => kind === 'SECRET').flatMap(({ name }) => args[name] ?? []),
    ...secretArguments(extraArguments),
    ...Object.values(extraEnvironment),
  ];
  const lines = values.flatMap((value) => value.split(/\r?\n/).filter((line) => line.length >= SECRET_LINE_MIN));
  return [...new Set([...values.filter((value) => value.length >= REDACTED_CHARACTERS_MIN), ...lines])];
}
