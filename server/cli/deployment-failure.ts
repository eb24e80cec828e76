import { CliFailure, type FailureOptions } from './failure.ts';
import type { Deployment, DeploymentFailure } from './operations/deployment.ts';
import { oneLine } from './printable.ts';

/** The failure of a deployment that did not reach the requested state. */
export function deploymentFailure(
  { name, failure, status, databaseId }: Deployment,
  verdict: 'failed' | 'overtaken',
  more: FailureOptions = {},
): CliFailure {
  if (verdict === 'failed' && failure) {
    const hint = missingHint(failure, databaseId) ?? failure.hint;
    const { retryable, stderrTail } = failure; // its exit code is the server's, not this program's
    return new CliFailure(failure.code, failure.message, { retryable, stderrTail, hint, ...more });
  }
  return new CliFailure(
    'CONFLICT',
    `${oneLine(name)} was changed in the meantime: it is ${status.toLowerCase()} now.`,
    {
      hint: `See: catwalk show ${databaseId}`,
      ...more,
    },
  );
}

/** The hint of the server points to a form; on the command line, settings are options. */
function missingHint({ needs, modes }: DeploymentFailure, databaseId: string): string | null {
  const options = needs.flatMap(({ anyOf }) => {
    const setting = anyOf.find(({ kind }) => kind === 'VARIABLE') ?? anyOf[0];
    if (!setting) return [];
    return [`${setting.kind === 'VARIABLE' ? '--env' : '--arg'} ${oneLine(setting.name)}=…`];
  });
  const [mode] = modes;
  const words = options.length === 0 && mode ? [`-- ${mode.words.map(oneLine).join(' ')}`] : options;
  if (words.length === 0) return null;
  return `Deploy it again with ${words.join(' ')}; catwalk rm ${databaseId} deletes the failed one.`;
}
