import { z } from 'zod';
import type { BeginRemoteSignInMutation, EndRemoteSignInMutation } from '../generated/graphql.ts';
import { operation, REFUSAL } from './operation.ts';

export const BEGIN_REMOTE_SIGN_IN = operation<BeginRemoteSignInMutation>()(
  `mutation BeginRemoteSignIn($input: ConnectRemoteInput!) { result: connectRemote(input: $input) {
    ... on ConnectRemotePayload { authorizationUrl expiresAt } ${REFUSAL} } }`,
  z.object({ authorizationUrl: z.string(), expiresAt: z.string() }),
);

export const END_REMOTE_SIGN_IN = operation<EndRemoteSignInMutation>()(
  `mutation EndRemoteSignIn($id: ID!) { result: disconnectRemote(deploymentId: $id) {
    ... on Deployment { databaseId } ${REFUSAL} } }`,
  z.object({ databaseId: z.string() }),
);
