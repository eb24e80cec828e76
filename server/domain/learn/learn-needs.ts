import type { Missing } from '#deploy/host/contract.ts';
import { credentialField } from '../analysis/detect/credential-field.ts';
import { importanceOf } from '../analysis/detect/importance.ts';
import { asVariable } from '../analysis/detect/merge-arguments.ts';
import { isSecretName, kindOf, labelOf } from '../analysis/detect/variable-kinds.ts';
import type { ArgumentField, CredentialField, Evidence } from '../analysis/result.ts';
import type { LearnedForm } from './form.ts';

const newCredential = (name: string): CredentialField => {
  const secret = isSecretName(name.toUpperCase());
  return credentialField(name, { kind: kindOf(name.toUpperCase(), { secret, choices: [] }), evidence: [] });
};

const newArgument = ({ flag, name }: Extract<Missing, { kind: 'argument' }>): ArgumentField => ({
  name,
  label: labelOf(name),
  description: null,
  kind: flag !== null && isSecretName(asVariable(name)) ? 'SECRET' : 'TEXT',
  required: false,
  repeated: false,
  positional: flag === null,
  flag,
  default: null,
  choices: [],
  advanced: false,
  evidence: [],
});

/** Finds the field of an argument: by its flag, by the name of its place, else the first place of the form. */
export const findArgument = (
  fields: readonly ArgumentField[],
  missing: Extract<Missing, { kind: 'argument' }>,
): ArgumentField | undefined =>
  missing.flag !== null
    ? fields.find(({ flag }) => flag === missing.flag)
    : (fields.find(({ positional, name }) => positional && name === missing.name) ??
      fields.find(({ positional }) => positional));

/** Adds evidence in front: what a start showed outranks what was read. */
export const withEvidence = <Field extends { evidence: Evidence[] }>(field: Field, evidence: Evidence): Field => ({
  ...field,
  evidence: [evidence, ...field.evidence.filter(({ kind }) => kind !== evidence.kind)],
});

const replaceIn = <Field extends { name: string }>(fields: readonly Field[], changed: Field): Field[] =>
  fields.some(({ name }) => name === changed.name)
    ? fields.map((field) => (field.name === changed.name ? changed : field))
    : [...fields, changed];

/**
 * Makes the settings that a server ended without required, each with the evidence, and adds those that the form does
 * not have. Several settings of which one is enough become a group of variables.
 */
export function learnNeeds<Form extends LearnedForm>(
  form: Form,
  needs: readonly (readonly Missing[])[],
  evidence: Evidence,
): Form {
  let { credentials, arguments: args } = form;
  for (const need of needs) {
    const names = need.flatMap((one) => (one.kind === 'variable' ? [one.name] : []));
    const group = names.length > 1 ? names.toSorted().join('|') : null;
    for (const missing of need) {
      if (missing.kind === 'variable') {
        const field = credentials.find(({ name }) => name === missing.name) ?? newCredential(missing.name);
        const proven = {
          required: true,
          requirement: 'HARD' as const,
          confidence: 'HIGH' as const,
          group,
          advanced: false,
        };
        credentials = replaceIn(credentials, withEvidence({ ...field, ...proven }, evidence));
      } else {
        const field = findArgument(args, missing) ?? newArgument(missing);
        // A form cannot group flags: another way to give the same keeps this one optional.
        const required = need.length === 1;
        args = replaceIn(args, withEvidence({ ...field, required, advanced: false }, evidence));
      }
    }
  }
  return {
    ...form,
    credentials: credentials.toSorted((a, b) => importanceOf(a) - importanceOf(b)),
    arguments: args.toSorted((a, b) => Number(b.required) - Number(a.required)),
  };
}
