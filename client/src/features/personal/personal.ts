import { useMutation } from '@apollo/client/react';
import { type MutationOutcome, payloadOf } from '../../apollo/payload.ts';
import { graphql } from '../../generated/index.ts';

export const SetPersonalDocument = graphql(`
  mutation SetPersonalCredentials($input: SetPersonalCredentialsInput!) {
    setPersonalCredentials(input: $input) {
      __typename
      ... on PersonalCredentialsPayload {
        values {
          databaseId
          set
        }
      }
      ...Problem_error
    }
  }
`);

const RemovePersonalDocument = graphql(`
  mutation RemovePersonalCredentials($input: RemovePersonalCredentialsInput!) {
    removePersonalCredentials(input: $input) {
      __typename
      ... on PersonalCredentialsPayload {
        values {
          databaseId
          set
        }
      }
      ...Problem_error
    }
  }
`);

/** The values that a person has typed, by field; an empty one keeps what is stored. */
export type TypedValues = Record<string, string>;

/** The values to send: fields that were left empty are not named. */
export const valuesOf = (typed: TypedValues): { name: string; value: string }[] =>
  Object.entries(typed).flatMap(([name, value]) => (value === '' ? [] : [{ name, value }]));

/** Sends and removes the viewer's own values; never throws. No cache keeps what was sent. */
export function usePersonalValues(deploymentId: string) {
  const [set, { loading: isSaving }] = useMutation(SetPersonalDocument, { fetchPolicy: 'no-cache' });
  const [remove, { loading: isRemoving }] = useMutation(RemovePersonalDocument, { fetchPolicy: 'no-cache' });
  return {
    isSaving,
    isRemoving,
    save: (typed: TypedValues): Promise<MutationOutcome<unknown>> => {
      const variables = { input: { deploymentId, values: valuesOf(typed) } };
      return payloadOf(
        'PersonalCredentialsPayload',
        async () => (await set({ variables })).data?.setPersonalCredentials,
      );
    },
    remove: (disconnect: boolean): Promise<MutationOutcome<unknown>> => {
      const variables = { input: { deploymentId, disconnect } };
      return payloadOf(
        'PersonalCredentialsPayload',
        async () => (await remove({ variables })).data?.removePersonalCredentials,
      );
    },
  };
}
