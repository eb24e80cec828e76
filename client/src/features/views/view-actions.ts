import { useMutation } from '@apollo/client/react';
import { type MutationOutcome, payloadOf } from '../../apollo/payload.ts';
import type { UserProblem } from '../../apollo/problem.ts';
import { graphql } from '../../generated/index.ts';

const SaveDocument = graphql(`
  mutation SaveView($input: SaveViewInput!) {
    saveView(input: $input) {
      __typename
      ... on View {
        id
        name
        ...ViewEntry_view
        ...ViewEditor_view
      }
      ...Problem_error
    }
  }
`);

const RenameDocument = graphql(`
  mutation RenameView($input: RenameViewInput!) {
    renameView(input: $input) {
      __typename
      ... on View {
        id
        name
        url
      }
      ...Problem_error
    }
  }
`);

const DeleteDocument = graphql(`
  mutation DeleteView($id: ID!) {
    deleteView(id: $id) {
      __typename
      ... on Deployment {
        id
        views {
          id
        }
      }
      ...Problem_error
    }
  }
`);

/** Saves, renames and deletes views; each returns its problem, if there is one. */
export function useViewActions(deploymentId: string) {
  const [save, saving] = useMutation(SaveDocument);
  const [rename, renaming] = useMutation(RenameDocument);
  const [remove, removing] = useMutation(DeleteDocument);
  return {
    isSaving: saving.loading,
    isRenaming: renaming.loading,
    isDeleting: removing.loading,
    save: async (name: string, rules: unknown): Promise<MutationOutcome<{ name: string }>> => {
      const send = async () => (await save({ variables: { input: { deploymentId, name, rules } } })).data?.saveView;
      return payloadOf('View', send);
    },
    rename: async (id: string, name: string): Promise<UserProblem | null> => {
      const send = async () => (await rename({ variables: { input: { id, name } } })).data?.renameView;
      return (await payloadOf('View', send)).problem ?? null;
    },
    remove: async (id: string): Promise<UserProblem | null> => {
      const send = async () => (await remove({ variables: { id } })).data?.deleteView;
      return (await payloadOf('Deployment', send)).problem ?? null;
    },
  };
}
