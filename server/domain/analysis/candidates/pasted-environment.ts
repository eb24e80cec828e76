import { findVariableNameProblem } from '../../credentials/variable-names.ts';
import { credentialField } from '../detect/credential-field.ts';
import { type EnvFinding, evidenceOf } from '../detect/finding.ts';
import { importanceOf } from '../detect/importance.ts';
import { asVariable } from '../detect/merge-arguments.ts';
import { isFileName, isSecretName } from '../detect/variable-kinds.ts';
import type { AnalysisWarning, CredentialField } from '../result.ts';
import type { Launch, LaunchInput, LaunchTarget } from '../source/launch.ts';
import { wholePlaceholder } from '../source/placeholder.ts';

const EVIDENCE = evidenceOf('SNIPPET', null, null, 'in the configuration that was pasted');

/** The variables that a launch sets for its server, in a container too, where they stand among the flags. */
export function pastedVariables(launch: Pick<Launch, 'env'>, target: LaunchTarget | null): Launch['env'] {
  if (target?.kind !== 'oci') return launch.env;
  const own = Object.entries(target.values).map(([name, value]) => [name, value ?? launch.env[name] ?? null] as const);
  return Object.fromEntries(own);
}

/** Reports whether a deployment may set the variable. */
export const isUsable = (name: string): boolean => findVariableNameProblem(name) === null;

function inputOf(value: string | null | undefined, inputs: readonly LaunchInput[]): LaunchInput | undefined {
  const name = value ? wholePlaceholder(value)?.name : null;
  return name ? inputs.find(({ id }) => id === name) : undefined;
}

/** Returns the variables that a pasted launch sets, for the detection to weigh against the files. */
export function pastedFindings(launch: Launch, target: LaunchTarget | null): EnvFinding[] {
  return Object.entries(pastedVariables(launch, target))
    .filter(([name]) => isUsable(name))
    .map(([name, value]): EnvFinding => {
      const input = inputOf(value, launch.inputs ?? []);
      return {
        name,
        evidence: EVIDENCE,
        inLaunch: true,
        ...(input?.description ? { description: input.description } : {}),
        ...(input?.isSecret || isSecretName(asVariable(name)) ? { secret: true } : {}),
        ...(input?.default ? { default: input.default } : {}),
        ...(input && input.choices.length > 1 ? { choices: input.choices } : {}),
      };
    });
}

/** A field for a variable that only the pasted launch knows. */
function fieldOf(name: string, value: string | null, inputs: readonly LaunchInput[]): CredentialField {
  const input = inputOf(value, inputs);
  const variable = asVariable(name);
  const kind = isFileName(variable, undefined)
    ? 'FILE'
    : input?.isSecret || isSecretName(variable)
      ? 'SECRET'
      : (input?.choices.length ?? 0) > 1
        ? 'CHOICE'
        : 'TEXT';
  return credentialField(name, {
    description: input?.description ?? null,
    kind,
    default: input?.default ?? null,
    choices: input?.choices ?? [],
    evidence: [EVIDENCE],
  });
}

/** Every variable of the pasted launch as a field that is shown openly; the detection may have left some out. */
export function withPastedVariables(
  fields: readonly CredentialField[],
  launch: Launch,
  target: LaunchTarget | null,
  candidateKey: string,
): { fields: CredentialField[]; warnings: AnalysisWarning[] } {
  const pasted = pastedVariables(launch, target);
  const names = new Set(Object.keys(pasted));
  const known = new Set(fields.map(({ name }) => name));
  const added = [...names]
    .filter((name) => !known.has(name) && isUsable(name))
    .map((name) => fieldOf(name, pasted[name] ?? null, launch.inputs ?? []));
  const refused = [...names].filter((name) => !isUsable(name));
  return {
    fields: [...fields.map((field) => (names.has(field.name) ? { ...field, advanced: false } : field)), ...added].sort(
      (a, b) => importanceOf(a) - importanceOf(b),
    ),
    warnings: refused.map((name) => ({
      code: 'RESERVED_VARIABLE',
      weight: 'CAUTION',
      message: `${name} is left out: Catwalk does not let a server's variables change how programs are loaded or installed.`,
      candidateKey,
    })),
  };
}
