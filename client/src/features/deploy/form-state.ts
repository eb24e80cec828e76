import {
  type ArgumentFormField,
  argumentFormSchema,
  type CredentialFormField,
  credentialFormSchema,
  withTwinsMet,
} from '../../../../server/domain/credentials/form.ts';
import type { EnvPair } from './dotenv.ts';
import { type ExtraVariable, extraVariable } from './extra-variable.ts';

export type DeployFormValues = {
  name: string;
  credentials: Record<string, string>;
  /** Names of credentials of which each person enters an own value. */
  personal: string[];
  arguments: Record<string, string[]>;
  extraEnvironment: ExtraVariable[];
  /** One argument a line. */
  extraArguments: string;
  region: string | null;
  memoryMb: number | null;
  processor: string | null;
  sleepAfterMinutes: number | null;
  access: 'TOKEN' | 'OAUTH' | 'PUBLIC';
  isolation: 'AUTO' | 'SHARED' | 'PER_SESSION';
  accepted: boolean;
};

export type FormFields = {
  credentials: readonly (CredentialFormField & { default?: string | null | undefined })[];
  arguments: readonly ArgumentFormField[];
};

/** By the id of the field: `credential:NAME`, `argument:NAME`, `extra:KEY`, `name`, `accepted`. */
export type FormErrors = Record<string, string>;

export type ReadyInput = {
  credentials: EnvPair[];
  arguments: EnvPair[];
  extraEnvironment: EnvPair[];
  extraArguments: string[];
};

const VARIABLE_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** The default name of a deployment: the name of its package without the scope. */
export const defaultName = (displayName: string): string => displayName.replace(/^@[^/]+\//, '');

/** Validates with the server's own schema, and returns the input for `deploy`. */
export function checkForm(
  values: DeployFormValues,
  fields: FormFields,
): { errors: FormErrors; ready: ReadyInput | null } {
  const errors: FormErrors = {};
  // The order of the page: the focus goes to the first error.
  const form = withTwinsMet(fields, {
    credential: (name) => (values.credentials[name] ?? '').trim() !== '',
    argument: (name) => (values.arguments[name] ?? []).some((value) => value.trim() !== ''),
  });
  const args = argumentFormSchema(form.arguments).safeParse(values.arguments);
  for (const issue of args.error?.issues ?? []) errors[`argument:${String(issue.path[0])}`] ??= issue.message;
  const credentials = credentialFormSchema(form.credentials).safeParse(values.credentials);
  // The schema reports groups after single fields.
  const places = new Map(form.credentials.map(({ name }, at) => [name, at]));
  const problems = (credentials.error?.issues ?? []).map(({ path: [name], message }) => ({
    name: String(name),
    message,
  }));
  problems.sort((a, b) => (places.get(a.name) ?? 0) - (places.get(b.name) ?? 0));
  for (const { name, message } of problems) errors[`credential:${name}`] ??= message;
  const extras = values.extraEnvironment.filter((one) => one.name.trim() !== '' || one.value !== '');
  for (const extra of extras) {
    if (!VARIABLE_NAME.test(extra.name.trim())) {
      errors[`extra:${extra.key}`] = 'Use letters, digits and underscores. A name can’t start with a digit.';
    }
  }
  if (Object.keys(errors).length > 0 || !credentials.success || !args.success) return { errors, ready: null };
  return {
    errors,
    ready: {
      credentials: Object.entries(credentials.data).map(([name, value]) => ({ name, value })),
      arguments: Object.entries(args.data).flatMap(([name, set]) => set.map((value) => ({ name, value }))),
      extraEnvironment: extras.map(({ name, value }) => ({ name: name.trim(), value })),
      extraArguments: values.extraArguments.split('\n').filter((line) => line.trim() !== ''),
    },
  };
}

/** Fills known fields from pasted variables, and adds the others as extra variables. */
export function mergeVariables(
  values: DeployFormValues,
  pairs: readonly EnvPair[],
  fields: FormFields,
): DeployFormValues {
  const known = new Set(fields.credentials.map((field) => field.name));
  const credentials = { ...values.credentials };
  const extra = values.extraEnvironment.filter((one) => one.name.trim() !== '' || one.value !== '');
  for (const { name, value } of pairs) {
    if (known.has(name)) credentials[name] = value;
    else {
      const at = extra.findIndex((one) => one.name.trim() === name);
      if (at === -1) extra.push(extraVariable(name, value));
      else extra[at] = { ...extraVariable(name, value) };
    }
  }
  return { ...values, credentials, extraEnvironment: extra };
}

/** Fills arguments from pasted ones; a repeated argument takes all of its values. */
export function mergeArguments(values: DeployFormValues, pairs: readonly EnvPair[]): DeployFormValues {
  const pasted = Map.groupBy(pairs, ({ name }) => name);
  const given = [...pasted].map(([name, all]) => [name, all.map(({ value }) => value)] as const);
  return { ...values, arguments: { ...values.arguments, ...Object.fromEntries(given) } };
}
