import { CliFailure, type FailureOptions } from './failure.ts';
import type { Deployment, DeploymentFailure } from './operations/deployment.ts';
import { oneLine } from './printable.ts';

/** Why a deployment is not what was wanted of it. */
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
  return new CliFailure('CONFLICT', `${oneLine(name)} was changed meanwhile: it is ${status.toLowerCase()} now.`, {
    hint: `Look at it with: catwalk show ${databaseId}`,
    ...more,
  });
}

/** The server's hint points to a form; here variables are options. */
function missingVariablesHint({ code, variables }: DeploymentFailure, databaseId: string): string | null {
  if (code !== 'MISSING_CREDENTIAL' || variables.length === 0) return null;
  const options = variables.map((variable) => `--env ${oneLine(variable)}=…`).join(' ');
  return `Deploy it again with ${options}; catwalk rm ${databaseId} removes the one that failed.`;
}
