import { useMutation } from '@apollo/client/react';
import { payloadOf } from '../../apollo/payload.ts';
import type { UserProblem } from '../../apollo/problem.ts';
import { graphql } from '../../generated/index.ts';

const CreateTeamDocument = graphql(`
  mutation CreateTeam($name: String!) {
    createTeam(name: $name) {
      __typename
      ...Problem_error
    }
  }
`);

const RenameTeamDocument = graphql(`
  mutation RenameTeam($id: ID!, $name: String!) {
    renameTeam(id: $id, name: $name) {
      __typename
      ...Problem_error
    }
  }
`);

const DeleteTeamDocument = graphql(`
  mutation DeleteTeam($id: ID!) {
    deleteTeam(id: $id) {
      __typename
      ...Problem_error
    }
  }
`);

const AddTeamMemberDocument = graphql(`
  mutation AddTeamMember($input: AddTeamMemberInput!) {
    addTeamMember(input: $input) {
      __typename
      ...Problem_error
    }
  }
`);

const RemoveTeamMemberDocument = graphql(`
  mutation RemoveTeamMember($input: RemoveTeamMemberInput!) {
    removeTeamMember(input: $input) {
      __typename
      ...Problem_error
    }
  }
`);

/** The changes of teams. Each returns its problem, or null, and then the list is read again. */
export function useTeamActions(onChanged: () => Promise<unknown>) {
  const [create, creating] = useMutation(CreateTeamDocument);
  const [rename, renaming] = useMutation(RenameTeamDocument);
  const [remove, removing] = useMutation(DeleteTeamDocument);
  const [add, adding] = useMutation(AddTeamMemberDocument);
  const [drop, dropping] = useMutation(RemoveTeamMemberDocument);

  const settle = async (
    send: () => Promise<{ __typename: 'TeamPayload' } | { __typename: string } | undefined>,
  ): Promise<UserProblem | null> => {
    const { problem } = await payloadOf('TeamPayload', send);
    if (!problem) await onChanged();
    return problem ?? null;
  };
  return {
    isWorking: [creating, renaming, removing, adding, dropping].some(({ loading }) => loading),
    create: (name: string) => settle(async () => (await create({ variables: { name } })).data?.createTeam),
    rename: (id: string, name: string) =>
      settle(async () => (await rename({ variables: { id, name } })).data?.renameTeam),
    remove: (id: string) => settle(async () => (await remove({ variables: { id } })).data?.deleteTeam),
    addMember: (teamId: string, person: string, manages: boolean) =>
      settle(async () => (await add({ variables: { input: { teamId, person, manages } } })).data?.addTeamMember),
    removeMember: (teamId: string, userId: string) =>
      settle(async () => (await drop({ variables: { input: { teamId, userId } } })).data?.removeTeamMember),
  };
}

export type TeamActions = ReturnType<typeof useTeamActions>;
