import { useMutation } from '@apollo/client/react';
import { payloadOf } from '../../apollo/payload.ts';
import type { UserProblem } from '../../apollo/problem.ts';
import type { CreateBundleInput, UpdateBundleInput } from '../../generated/graphql.ts';
import { graphql } from '../../generated/index.ts';

const CreateDocument = graphql(`
  mutation CreateBundle($input: CreateBundleInput!) {
    createBundle(input: $input) {
      __typename
      ... on DeployPayload {
        accessToken
        deployment {
          id
          databaseId
        }
      }
      ...Problem_error
    }
  }
`);

const UpdateDocument = graphql(`
  mutation UpdateBundle($input: UpdateBundleInput!) {
    updateBundle(input: $input) {
      __typename
      ... on Deployment {
        id
        slug
        endpointUrl
        ...BundleMembers_deployment
      }
      ...Problem_error
    }
  }
`);

/** Creates and changes bundles. The cache never holds the token of a new one. */
export function useBundleActions() {
  const [create, creating] = useMutation(CreateDocument, { fetchPolicy: 'no-cache' });
  const [update, updating] = useMutation(UpdateDocument);
  return {
    isCreating: creating.loading,
    isUpdating: updating.loading,
    create: (input: CreateBundleInput) =>
      payloadOf('DeployPayload', async () => (await create({ variables: { input } })).data?.createBundle),
    update: async (input: UpdateBundleInput): Promise<UserProblem | null> => {
      const send = async () => (await update({ variables: { input } })).data?.updateBundle;
      return (await payloadOf('Deployment', send)).problem ?? null;
    },
  };
}
