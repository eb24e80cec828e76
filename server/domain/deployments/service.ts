import type { Actor } from '#server/domain/actor.ts';
import { createDeploy } from './intents/deploy.ts';
import type { DeployInput, UpdateCredentialsInput, UpdateDeploymentInput } from './intents/inputs.ts';
import type { IntentDeps } from './intents/intent-deps.ts';
import { createReleaseIntents } from './intents/release-intents.ts';
import { createStateIntents } from './intents/state-intents.ts';
import { createUpdateDeployment } from './intents/update-deployment.ts';

/**
 * The intents that users have about deployments. Each writes the row, its event and its audit entry in one transaction
 * and makes the row due for a worker; none waits for a machine. Errors are UserErrors.
 */
export interface DeploymentService {
  deploy(actor: Actor, input: DeployInput): Promise<{ deploymentId: string; accessToken: string | null }>;
  /** Adds a release with the newest version of the package, or with the given one. */
  redeploy(actor: Actor, input: { id: string; version?: string | null }): Promise<void>;
  /** Adds a release with the content of an older one; by default the one before the current. */
  rollback(actor: Actor, input: { id: string; releaseId?: string | null }): Promise<void>;
  start(actor: Actor, id: string): Promise<void>;
  stop(actor: Actor, id: string): Promise<void>;
  restart(actor: Actor, id: string): Promise<void>;
  delete(actor: Actor, id: string): Promise<void>;
  updateCredentials(actor: Actor, input: UpdateCredentialsInput): Promise<void>;
  updateDeployment(actor: Actor, input: UpdateDeploymentInput): Promise<void>;
}

export const createDeploymentService = (deps: IntentDeps): DeploymentService => ({
  deploy: createDeploy(deps),
  ...createStateIntents(deps),
  ...createReleaseIntents(deps),
  updateDeployment: createUpdateDeployment(deps),
});
