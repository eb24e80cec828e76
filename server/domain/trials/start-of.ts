import type { StartAttempt } from '#deploy/host/contract.ts';
import { evidenceOf } from '../analysis/detect/finding.ts';
import type { ArgumentField, CredentialField } from '../analysis/result.ts';
import { renderCommandLine, renderVariables } from '../deployments/form/render-launch.ts';
import type { LearnedForm } from '../learn/form.ts';
import { findArgument, learnNeeds } from '../learn/learn-needs.ts';
import { withMode } from '../learn/with-mode.ts';
import { chosenOf, type Given } from './decide-attempt.ts';

const TRIAL = evidenceOf('TRIAL', null, null, null);
/** Passes most checks of length and form, and opens nothing. */
const DUMMY = 'dummy0000000000000000000000000000000';
/** The name of no host can end so (RFC 2606): a dummy leads nowhere. */
const DUMMY_HOST = 'example.invalid';

/** A value that no account belongs to, in the form that the field suggests. */
export function dummyOf(field: Pick<CredentialField | ArgumentField, 'name' | 'kind' | 'choices'>): string {
  const [first] = field.choices;
  if (field.kind === 'CHOICE' && first !== undefined) return first;
  if (field.kind === 'BOOLEAN') return 'true';
  const name = field.name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toUpperCase();
  if (field.kind === 'NUMBER' || /(?:^|[_-])PORT$/.test(name)) return '1';
  if (/(?:^|[_-])(?:URL|URI|ENDPOINT|BASE)(?:$|[_-])/.test(name)) return `https://${DUMMY_HOST}`;
  if (/(?:^|[_-])(?:HOST|HOSTNAME|DOMAIN|SERVER)$/.test(name)) return DUMMY_HOST;
  if (/EMAIL|E_MAIL/.test(name)) return `dummy@${DUMMY_HOST}`;
  // The folder that the server works in exists, and is the trial's own.
  if (/(?:^|[_-])(?:DIR|DIRS|DIRECTORY|DIRECTORIES|FOLDER|PATH|PATHS|ROOT|VAULT|WORKSPACE|FILE)$/.test(name))
    return '.';
  return DUMMY;
}

/** A variable of which the form knows the only value that speaks stdio is set in every start. */
const isFixed = ({ requirement, kind, choices }: CredentialField): boolean =>
  requirement === 'HARD' && kind === 'CHOICE' && choices.length === 1;

/** The command line and the environment of one start. Holds dummies and words of the form; no secret is in reach. */
export function startOf(
  form: LearnedForm,
  given: Given,
): Pick<StartAttempt, 'args' | 'env' | 'files' | 'knownVariables'> {
  const learned = learnNeeds(
    { ...form, fixedArguments: withMode(form.fixedArguments, given.mode) },
    given.needs,
    TRIAL,
  );
  const chosen = given.needs.flatMap(chosenOf);
  const variables = new Set(chosen.flatMap((one) => (one.kind === 'variable' ? [one.name] : [])));
  const set = learned.credentials.filter((field) => variables.has(field.name) || isFixed(field));
  const texts = set.filter(({ kind }) => kind !== 'FILE').map((field) => [field.name, dummyOf(field)] as const);
  const args = chosen.flatMap((one) => (one.kind === 'argument' ? (findArgument(learned.arguments, one) ?? []) : []));
  return {
    args: renderCommandLine(learned, Object.fromEntries(args.map((field) => [field.name, [dummyOf(field)]]))),
    env: renderVariables(learned, Object.fromEntries(texts)),
    files: set
      .filter(({ kind }) => kind === 'FILE')
      .map(({ name }) => ({
        env: name,
        name: `${name.toLowerCase()}.json`,
        contentBase64: Buffer.from('{}').toString('base64'),
      })),
    knownVariables: learned.credentials.map(({ name }) => name),
  };
}
