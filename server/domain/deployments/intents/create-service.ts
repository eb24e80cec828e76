import type { DeploymentService } from '../service.ts';
import { createDeploy } from './deploy.ts';
import { createReleaseIntents } from './release-intents.ts';
import type { DeploymentServiceDeps } from './service-deps.ts';
import { createStateIntents } from './state-intents.ts';
import { createUpdateDeployment } from './update-deployment.ts';

/** Everything a user can want of a deployment. */
export const createDeploymentService = (deps: DeploymentServiceDeps): DeploymentService => ({
  deploy: createDeploy(deps),
  ...createStateIntents(deps),
  ...createReleaseIntents(deps),
  updateDeployment: createUpdateDeployment(deps),
});
