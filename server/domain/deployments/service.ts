import type { Actor } from '#server/domain/actor.ts';
import type { DeployInput, KeyValue, UpdateDeploymentInput } from './rows/deployment-data.ts';

/**
 * The intents a user can have about deployments. Each writes the row, its event and its audit entry in one
 * transaction and makes the row due for a worker; none waits for a machine. Errors are UserErrors.
 */
export interface DeploymentService {
  deploy(actor: Actor, input: DeployInput): Promise<{ deploymentId: string; accessToken: string | null }>;
  /** A new release: the newest version, or the given one. */
  redeploy(actor: Actor, input: { id: string; version?: string | null }): Promise<void>;
  /** A new release with what an older one ran; the one before the current when none is named. */
  rollback(actor: Actor, input: { id: string; releaseId?: string | null }): Promise<void>;
  start(actor: Actor, id: string): Promise<void>;
  stop(actor: Actor, id: string): Promise<void>;
  restart(actor: Actor, id: string): Promise<void>;
  delete(actor: Actor, id: string): Promise<void>;
  updateCredentials(actor: Actor, input: { id: string; set: KeyValue[]; unset: string[] }): Promise<void>;
  updateDeployment(actor: Actor, input: UpdateDeploymentInput): Promise<void>;
}
