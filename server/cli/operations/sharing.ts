import { z } from 'zod';
import type {
  CliAddTeamMemberMutation,
  CliCreateTeamMutation,
  CliDeleteTeamMutation,
  CliRemoveTeamMemberMutation,
  CliRenameTeamMutation,
  CliShareMutation,
  CliUnshareMutation,
  ListSharedDeploymentsQuery,
  ListSharesQuery,
  ListTeamsQuery,
} from '../generated/graphql.ts';
import { operation, REFUSAL } from './operation.ts';

const shareSchema = z.object({
  id: z.string(),
  role: z.string(),
  personName: z.string().nullable(),
  personEmail: z.string().nullable(),
  everyone: z.boolean(),
  team: z.object({ id: z.string(), name: z.string() }).nullable(),
  createdAt: z.string(),
});
export type Share = z.infer<typeof shareSchema>;

const sharedSchema = z.object({ ownerName: z.string(), shares: z.array(shareSchema) });

const SHARES = 'ownerName shares { id role personName personEmail everyone team { id name } createdAt }';
const PAYLOAD = `{ ... on SharePayload { deployment { ${SHARES} } } ${REFUSAL} }`;
const payloadSchema = z.object({ deployment: sharedSchema.nullable() });

export const LIST_SHARES = operation<ListSharesQuery>()(
  `query ListShares($id: ID!) { result: deployment(id: $id) { ${SHARES} } }`,
  sharedSchema.nullable(),
);

export const SHARE = operation<CliShareMutation>()(
  `mutation CliShare($input: ShareDeploymentInput!) { result: shareDeployment(input: $input) ${PAYLOAD} }`,
  payloadSchema,
);

export const UNSHARE = operation<CliUnshareMutation>()(
  `mutation CliUnshare($shareId: ID!) { result: unshareDeployment(shareId: $shareId) ${PAYLOAD} }`,
  payloadSchema,
);

/** Deployments of other people that the caller may use alone. */
export const LIST_SHARED_DEPLOYMENTS = operation<ListSharedDeploymentsQuery>()(
  'query ListSharedDeployments { result: sharedDeployments { databaseId name ownerName endpointUrl status } }',
  z.array(
    z.object({
      databaseId: z.string(),
      name: z.string(),
      ownerName: z.string(),
      endpointUrl: z.string(),
      status: z.string(),
    }),
  ),
);

const teamSchema = z.object({
  id: z.string(),
  name: z.string(),
  viewerManages: z.boolean(),
  members: z.array(z.object({ userId: z.string(), name: z.string(), email: z.string(), manages: z.boolean() })),
});
export type Team = z.infer<typeof teamSchema>;

const TEAM = 'id name viewerManages members { userId name email manages }';
const TEAM_PAYLOAD = `{ ... on TeamPayload { team { ${TEAM} } } ${REFUSAL} }`;
const teamPayloadSchema = z.object({ team: teamSchema.nullable() });

export const LIST_TEAMS = operation<ListTeamsQuery>()(
  `query ListTeams { result: teams { ${TEAM} } }`,
  z.array(teamSchema),
);
export const CREATE_TEAM = operation<CliCreateTeamMutation>()(
  `mutation CliCreateTeam($name: String!) { result: createTeam(name: $name) ${TEAM_PAYLOAD} }`,
  teamPayloadSchema,
);
export const RENAME_TEAM = operation<CliRenameTeamMutation>()(
  `mutation CliRenameTeam($id: ID!, $name: String!) { result: renameTeam(id: $id, name: $name) ${TEAM_PAYLOAD} }`,
  teamPayloadSchema,
);
export const DELETE_TEAM = operation<CliDeleteTeamMutation>()(
  `mutation CliDeleteTeam($id: ID!) { result: deleteTeam(id: $id) ${TEAM_PAYLOAD} }`,
  teamPayloadSchema,
);
export const ADD_TEAM_MEMBER = operation<CliAddTeamMemberMutation>()(
  `mutation CliAddTeamMember($input: AddTeamMemberInput!) { result: addTeamMember(input: $input) ${TEAM_PAYLOAD} }`,
  teamPayloadSchema,
);
export const REMOVE_TEAM_MEMBER = operation<CliRemoveTeamMemberMutation>()(
  `mutation CliRemoveTeamMember($input: RemoveTeamMemberInput!) { result: removeTeamMember(input: $input) ${TEAM_PAYLOAD} }`,
  teamPayloadSchema,
);
