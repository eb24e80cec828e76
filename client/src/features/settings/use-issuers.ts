import { useMutation, useQuery } from '@apollo/client/react';
import { payloadOf } from '../../apollo/payload.ts';
import type { SubjectInput, TrustIssuerInput } from '../../generated/graphql.ts';
import { graphql } from '../../generated/index.ts';
import { notifyProblem } from '../../ui/feedback/notify.ts';

const TrustedIssuersDocument = graphql(`
  query TrustedIssuers {
    trustedIssuers {
      issuer
      jwksUri
      audience
      createdAt
      subjects {
        subject
        userName
        userEmail
        createdAt
      }
    }
  }
`);

const TrustDocument = graphql(`
  mutation TrustIssuer($input: TrustIssuerInput!) {
    trustIssuer(input: $input) {
      __typename
      ...Problem_error
    }
  }
`);

const DistrustDocument = graphql(`
  mutation DistrustIssuer($issuer: String!) {
    distrustIssuer(issuer: $issuer) {
      __typename
      ...Problem_error
    }
  }
`);

const LinkDocument = graphql(`
  mutation LinkSubject($input: SubjectInput!, $email: String!) {
    linkSubject(input: $input, email: $email) {
      __typename
      ...Problem_error
    }
  }
`);

const UnlinkDocument = graphql(`
  mutation UnlinkSubject($input: SubjectInput!) {
    unlinkSubject(input: $input) {
      __typename
      ...Problem_error
    }
  }
`);

/** The trusted identity providers and what the administrator may do about them; failures show as a toast. */
export function useIssuers() {
  const { data, refetch } = useQuery(TrustedIssuersDocument, { fetchPolicy: 'cache-and-network' });
  const [trust, { loading: trusting }] = useMutation(TrustDocument);
  const [distrust] = useMutation(DistrustDocument);
  const [link, { loading: linking }] = useMutation(LinkDocument);
  const [unlink] = useMutation(UnlinkDocument);

  const run = async <Result extends { __typename: string }, Name extends Result['__typename']>(
    name: Name,
    send: () => Promise<Result | null | undefined>,
  ): Promise<boolean> => {
    const { problem } = await payloadOf(name, send);
    if (problem) notifyProblem(problem);
    await refetch();
    return !problem;
  };

  return {
    issuers: data?.trustedIssuers ?? [],
    trusting,
    linking,
    trust: (input: TrustIssuerInput) =>
      run('TrustedIssuer', async () => (await trust({ variables: { input } })).data?.trustIssuer),
    distrust: (issuer: string) =>
      run('DistrustIssuerPayload', async () => (await distrust({ variables: { issuer } })).data?.distrustIssuer),
    link: (input: SubjectInput, email: string) =>
      run('TrustedIssuer', async () => (await link({ variables: { input, email } })).data?.linkSubject),
    unlink: (input: SubjectInput) =>
      run('TrustedIssuer', async () => (await unlink({ variables: { input } })).data?.unlinkSubject),
  };
}
