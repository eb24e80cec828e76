import { z } from 'zod';
import type {
  CliCreateAccessTokenMutation,
  CliCreatePlaygroundTokenMutation,
  CliRemovePersonalMutation,
  CliRevokeAccessTokenMutation,
  CliSetPersonalMutation,
  CliUpdateCredentialsMutation,
  CliUpdateDeploymentMutation,
  DeploymentFormQuery,
  OwnValuesQuery,
} from '../generated/graphql.ts';
import { operation, REFUSAL } from './operation.ts';

const intentSchema = z.object({ targetRelease: z.object({ id: z.string(), number: z.number() }).nullable() });
const INTENT = `{ ... on Deployment { targetRelease { id number } } ${REFUSAL} }`;

export const UPDATE_CREDENTIALS = operation<CliUpdateCredentialsMutation>()(
  `mutation CliUpdateCredentials($input: UpdateCredentialsInput!) { result: updateCredentials(input: $input) ${INTENT} }`,
  intentSchema,
);

export const UPDATE_DEPLOYMENT = operation<CliUpdateDeploymentMutation>()(
  `mutation CliUpdateDeployment($input: UpdateDeploymentInput!) { result: updateDeployment(input: $input) ${INTENT} }`,
  intentSchema,
);

const formSchema = z.object({
  credentialsSet: z.array(z.string()),
  personalFields: z.array(z.string()),
  credentialFields: z.array(z.object({ name: z.string(), label: z.string(), required: z.boolean() })),
  argumentValues: z.array(z.object({ name: z.string(), value: z.string() })),
});
export type DeploymentForm = z.infer<typeof formSchema>;

export const DEPLOYMENT_FORM = operation<DeploymentFormQuery>()(
  `query DeploymentForm($id: ID!) {
    result: deployment(id: $id) {
      credentialsSet personalFields credentialFields { name label required } argumentValues { name value }
    }
  }`,
  formSchema.nullable(),
);

const valuesSchema = z.object({ set: z.array(z.string()) }).nullable();
const VALUES = `{ ... on PersonalCredentialsPayload { values { set } } ${REFUSAL} }`;

/** The caller's own values, by name; null without personal fields. */
export const OWN_VALUES = operation<OwnValuesQuery>()(
  'query OwnValues($id: ID!) { result: personalValues(deploymentId: $id) { set } }',
  valuesSchema,
);
export const SET_PERSONAL = operation<CliSetPersonalMutation>()(
  `mutation CliSetPersonal($input: SetPersonalCredentialsInput!) { result: setPersonalCredentials(input: $input) ${VALUES} }`,
  z.object({ values: valuesSchema }),
);
export const REMOVE_PERSONAL = operation<CliRemovePersonalMutation>()(
  `mutation CliRemovePersonal($input: RemovePersonalCredentialsInput!) { result: removePersonalCredentials(input: $input) ${VALUES} }`,
  z.object({ values: valuesSchema }),
);

const tokenSchema = z.object({
  id: z.string(),
  name: z.string(),
  prefix: z.string(),
  createdAt: z.string(),
  expiresAt: z.string().nullable(),
  lastUsedAt: z.string().nullable(),
});
export type AccessToken = z.infer<typeof tokenSchema>;
const TOKEN = 'id name prefix createdAt expiresAt lastUsedAt';

export const CREATE_TOKEN = operation<CliCreateAccessTokenMutation>()(
  `mutation CliCreateAccessToken($input: CreateAccessTokenInput!) {
    result: createAccessToken(input: $input) { ... on AccessTokenPayload { token accessToken { ${TOKEN} } } ${REFUSAL} }
  }`,
  z.object({ token: z.string(), accessToken: tokenSchema }),
);
export const REVOKE_TOKEN = operation<CliRevokeAccessTokenMutation>()(
  `mutation CliRevokeAccessToken($id: ID!) { result: revokeAccessToken(id: $id) { ... on AccessToken { ${TOKEN} } ${REFUSAL} } }`,
  tokenSchema,
);

/** A token for a few minutes that acts for the caller. */
export const CREATE_PLAYGROUND_TOKEN = operation<CliCreatePlaygroundTokenMutation>()(
  `mutation CliCreatePlaygroundToken($id: ID!) {
    result: createPlaygroundToken(deploymentId: $id) { ... on PlaygroundToken { token } ${REFUSAL} }
  }`,
  z.object({ token: z.string() }),
);
