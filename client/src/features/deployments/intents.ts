import { graphql } from '../../generated/index.ts';
import type { AskedFor } from '../../ui/data/status.ts';

export const StopDocument = graphql(`
  mutation StopDeployment($id: ID!) {
    outcome: stopDeployment(id: $id) {
      __typename
      ...IntentOutcome_deployment
      ...IntentError_error
    }
  }
`);

export const StartDocument = graphql(`
  mutation StartDeployment($id: ID!) {
    outcome: startDeployment(id: $id) {
      __typename
      ...IntentOutcome_deployment
      ...IntentError_error
    }
  }
`);

export const RestartDocument = graphql(`
  mutation RestartDeployment($id: ID!) {
    outcome: restartDeployment(id: $id) {
      __typename
      ...IntentOutcome_deployment
      ...IntentError_error
    }
  }
`);

export const DeleteDocument = graphql(`
  mutation DeleteDeployment($id: ID!) {
    outcome: deleteDeployment(id: $id) {
      __typename
      ...IntentOutcome_deployment
      ...IntentError_error
    }
  }
`);

/** What a mutation asks for, where a status shows it before it has happened. */
export const ASKED_BY: ReadonlyMap<unknown, AskedFor> = new Map<unknown, AskedFor>([
  [StartDocument, 'START'],
  [StopDocument, 'STOP'],
  [RestartDocument, 'RESTART'],
  [DeleteDocument, 'DELETE'],
]);

export const RedeployDocument = graphql(`
  mutation Redeploy($input: RedeployInput!) {
    outcome: redeploy(input: $input) {
      __typename
      ...IntentOutcome_deployment
      ...IntentError_error
    }
  }
`);

export const RollbackDocument = graphql(`
  mutation Rollback($input: RollbackInput!) {
    outcome: rollback(input: $input) {
      __typename
      ...IntentOutcome_deployment
      ...IntentError_error
    }
  }
`);

export const UpdateDeploymentDocument = graphql(`
  mutation UpdateDeployment($input: UpdateDeploymentInput!) {
    outcome: updateDeployment(input: $input) {
      __typename
      ...IntentOutcome_deployment
      ...IntentError_error
    }
  }
`);

export const UpdateCredentialsDocument = graphql(`
  mutation UpdateCredentials($input: UpdateCredentialsInput!) {
    outcome: updateCredentials(input: $input) {
      __typename
      ...IntentOutcome_deployment
      ...IntentError_error
    }
  }
`);

/**
 * What an intent answers feeds the cache. Status, phase and failure are left to its event: over another connection,
 * the answer can arrive after an event that is newer than it.
 */
graphql(`
  fragment IntentOutcome_deployment on Deployment {
    id
    name
    access
    isolation
    region
    memoryMb
    sleepAfterMinutes
    credentialsSet
    extraArguments
    argumentValues {
      name
      value
    }
  }
`);

export const IntentErrorFragment = graphql(`
  fragment IntentError_error on UserError {
    code
    message
    hint
    retryable
  }
`);
