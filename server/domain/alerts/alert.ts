import { z } from 'zod';
import type { Deployment } from '#prisma/generated/client/client.ts';
import { DeploymentStatus } from '#prisma/generated/client/enums.ts';
import { ERROR_CODES } from '../errors.ts';

/** Administrators are alerted to a failure, to the recovery after it, and to changed definitions of a server. */
export const alertKindSchema = z.enum(['unhealthy', 'failed', 'recovered', 'definitions-changed']);

/** Kinds that tell how a deployment is. */
export const HEALTH_KINDS = ['unhealthy', 'failed', 'recovered'] as const;

/** Why the deployment failed. Without credentials, and without the server's own output. */
const alertFailureSchema = z.object({
  code: z.enum(ERROR_CODES),
  message: z.string(),
  hint: z.string().nullable(),
  retryable: z.boolean(),
});

/** Names and kinds of changes, without the texts of the server. `isHeld`: clients do not see them before they are approved. */
const alertDefinitionsSchema = z.object({
  isHeld: z.boolean(),
  changes: z.array(z.object({ capability: z.string(), name: z.string(), effects: z.array(z.string()) })),
});

/** The data that the webhook receives. */
export const alertDataSchema = z.object({
  deploymentId: z.string(),
  name: z.string(),
  status: z.enum(DeploymentStatus),
  failure: alertFailureSchema.nullable(),
  /** Of `definitions-changed` alone. */
  definitions: alertDefinitionsSchema.optional(),
});

export type AlertKind = z.infer<typeof alertKindSchema>;
export type AlertFailure = z.infer<typeof alertFailureSchema>;
export type AlertDefinitions = z.infer<typeof alertDefinitionsSchema>;
export type AlertData = z.infer<typeof alertDataSchema>;

/** The body of a delivery, as Standard Webhooks has it: a type in dots, an ISO 8601 time, and the data. */
export type AlertMessage = { type: `deployment.${AlertKind}`; timestamp: string; data: AlertData };

/** Sent when an administrator tries the receiver. */
export type TestMessage = { type: 'test'; timestamp: string; data: { message: string } };

export const testMessage = (now: Date): TestMessage => ({
  type: 'test',
  timestamp: now.toISOString(),
  data: { message: 'This is a test of the alerts of Catwalk.' },
});

/** Says in a sentence what happened, for people in a chat. */
export function sentenceOf({ type, data }: AlertMessage | TestMessage): string {
  switch (type) {
    case 'test':
      return data.message;
    case 'deployment.recovered':
      return `${data.name} is running again.`;
    case 'deployment.definitions-changed':
      return `${data.name} offers other tools than were agreed to${data.definitions?.isHeld ? '. The changes are held' : ''}.`;
    case 'deployment.failed':
    case 'deployment.unhealthy': {
      const what = type === 'deployment.failed' ? 'failed' : 'is not responding';
      const why = data.failure ? `: ${data.failure.message} ${data.failure.hint} (${data.failure.code})` : '.';
      return `${data.name} ${what}${why}`;
    }
  }
}

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
