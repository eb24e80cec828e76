type Setting = { name: string; flag?: string | null; kind: string };
type Trial = {
  conclusion?: string | null;
  needs: readonly { anyOf: readonly Setting[] }[];
  mode: readonly string[];
  tools: readonly unknown[];
  failure?: { message: string } | null;
};

const nameOf = ({ name, flag, kind }: Setting): string => (kind === 'ARGUMENT' ? (flag ?? `<${name}>`) : name);

/** The settings that the server asked for: all of them, and one of each choice. */
const namesOf = ({ needs }: Pick<Trial, 'needs'>): string =>
  needs.map(({ anyOf }) => anyOf.map(nameOf).join(' or ')).join(', ');

/** Describes the findings of a trial in one or two sentences; null while it has none. */
export function describeTrial(trial: Trial): string | null {
  const tools = `${trial.tools.length} ${trial.tools.length === 1 ? 'tool' : 'tools'}`;
  const mode = trial.mode.length > 0 ? ` It is started with “${trial.mode.join(' ')}”.` : '';
  const names = namesOf(trial);
  switch (trial.conclusion) {
    case 'RUNS':
      return `It starts without any values, with ${tools}.${mode}`;
    case 'RUNS_WITH_VALUES':
      return names === ''
        ? `It starts once its usual settings have values, with ${tools}.${mode}`
        : `It starts once these are set: ${names}. It has ${tools}.${mode}`;
    case 'NEEDS_REAL_VALUES':
      return `It checks ${names} at its start, so that only real values show its tools.${mode}`;
    case 'DOES_NOT_START':
      return trial.failure?.message ?? 'It does not start.';
    default:
      return trial.failure?.message ?? null;
  }
}
