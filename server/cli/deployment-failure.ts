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
    const hint = missingVariablesHint(failure, databaseId) ?? failure.hint;
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

/** The hint of the server points to a form; on the command line, variables are options. */
function missingVariablesHint({ code, variables }: DeploymentFailure, databaseId: string): string | null {
  if (code !== 'MISSING_CREDENTIAL' || variables.length === 0) return null;
  const options = variables.map((variable) => `--env ${oneLine(variable)}=…`).join(' ');
  return `Deploy it again with ${options}; catwalk rm ${databaseId} deletes the failed one.`;
}
