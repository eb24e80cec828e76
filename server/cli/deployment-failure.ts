import { CliFailure, type FailureOptions } from './failure.ts';
import type { Deployment } from './operations/deployment.ts';
import { oneLine } from './printable.ts';

/** Why a deployment is not what was wanted of it. */
export function deploymentFailure(
  { name, failure, status, databaseId }: Deployment,
  verdict: 'failed' | 'overtaken',
  more: FailureOptions = {},
): CliFailure {
  if (verdict === 'failed' && failure) return new CliFailure(failure.code, failure.message, { ...failure, ...more });
  return new CliFailure('CONFLICT', `${oneLine(name)} was changed meanwhile: it is ${status.toLowerCase()} now.`, {
    hint: `Look at it with: catwalk show ${databaseId}`,
    ...more,
  });
}
