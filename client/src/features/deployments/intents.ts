import { graphql } from '../../generated/index.ts';
import type { PendingIntent } from '../status/looks.ts';

export const StopDocument = graphql(`
  mutation StopDeployment($id: ID!) {
    outcome: stopDeployment(id: $id) {
      __typename
      ...IntentOutcome_deployment
      ...Problem_error
    }
  }
`);

export const StartDocument = graphql(`
  mutation StartDeployment($id: ID!) {
    outcome: startDeployment(id: $id) {
      __typename
      ...IntentOutcome_deployment
      ...Problem_error
    }
  }
`);

export const RestartDocument = graphql(`
  mutation RestartDeployment($id: ID!) {
    outcome: restartDeployment(id: $id) {
      __typename
      ...IntentOutcome_deployment
      ...Problem_error
    }
  }
`);

export const DeleteDocument = graphql(`
  mutation DeleteDeployment($id: ID!) {
    outcome: deleteDeployment(id: $id) {
      __typename
      ...IntentOutcome_deployment
      ...Problem_error
    }
  }
`);

/** The intent of a mutation that a status shows before it has happened. */
export const INTENT_OF_DOCUMENT: ReadonlyMap<unknown, PendingIntent> = new Map<unknown, PendingIntent>([
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
      ...Problem_error
    }
  }
`);

export const RollbackDocument = graphql(`
  mutation Rollback($input: RollbackInput!) {
    outcome: rollback(input: $input) {
      __typename
      ...IntentOutcome_deployment
      ...Problem_error
    }
  }
`);

export const UpdateDeploymentDocument = graphql(`
  mutation UpdateDeployment($input: UpdateDeploymentInput!) {
    outcome: updateDeployment(input: $input) {
      __typename
      ...IntentOutcome_deployment
      ...Problem_error
    }
  }
`);

export const UpdateCredentialsDocument = graphql(`
  mutation UpdateCredentials($input: UpdateCredentialsInput!) {
    outcome: updateCredentials(input: $input) {
      __typename
      ...IntentOutcome_deployment
      ...Problem_error
    }
  }
`);

/**
 * Updates the cache with the response to an intent. Status, phase and failure are left to its event: over another
 * connection, the response can arrive after a newer event.
 */
graphql(`
  fragment IntentOutcome_deployment on Deployment {
    id
    name
    slug
    formerSlugs {
      slug
      until
    }
    access
    isolation
    egress {
      policy
      hosts
    }
    region
    memoryMb
    processor
    sleepAfterMinutes
    answersWhileAsleep
    credentialsSet
    extraArguments
    argumentValues {
      name
      value
    }
  }
`);
