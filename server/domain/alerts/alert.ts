import type { Deployment } from '#prisma/generated/client/client.ts';
import type { ErrorCode } from '../errors.ts';

/** Administrators are alerted to a failure, and to the recovery after it. */
export type AlertKind = 'unhealthy' | 'failed' | 'recovered';

/** Why the deployment failed. Without credentials, and without the server's own output. */
export type AlertFailure = { code: ErrorCode; message: string; hint: string | null; retryable: boolean };

/** The data that the webhook receives. */
export type AlertData = {
  deploymentId: string;
  name: string;
  status: Deployment['status'];
  failure: AlertFailure | null;
};

/** The body of a delivery, as Standard Webhooks has it: a type in dots, an ISO 8601 time, and the data. */
export type AlertMessage = { type: `deployment.${AlertKind}`; timestamp: string; data: AlertData };

/** Returns null for a change that needs no alert. `last` is the latest alert sent for this deployment. */
export function kindOf(status: Deployment['status'], last: AlertKind | null): AlertKind | null {
  switch (status) {
    case 'UNHEALTHY':
      return 'unhealthy';
    case 'FAILED':
      return 'failed';
    case 'RUNNING':
      return last === 'unhealthy' || last === 'failed' ? 'recovered' : null;
    default:
      return null;
  }
}
