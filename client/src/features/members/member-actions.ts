import { useMutation } from '@apollo/client/react';
import { payloadOf } from '../../apollo/payload.ts';
import type { UserProblem } from '../../apollo/problem.ts';
import { graphql } from '../../generated/index.ts';

const InviteMemberDocument = graphql(`
  mutation InviteMember($input: InviteMemberInput!) {
    inviteMember(input: $input) {
      __typename
      ... on MemberLinkPayload {
        link {
          url
          expiresAt
        }
        member {
          id
          name
        }
      }
      ...Problem_error
    }
  }
`);

const CreateMemberLinkDocument = graphql(`
  mutation CreateMemberLink($id: ID!) {
    createMemberLink(id: $id) {
      __typename
      ... on MemberLinkPayload {
        link {
          url
          expiresAt
        }
        member {
          id
          name
        }
      }
      ...Problem_error
    }
  }
`);

const LockMemberDocument = graphql(`
  mutation LockMember($id: ID!) {
    lockMember(id: $id) {
      __typename
      ... on Member {
        id
        status
      }
      ...Problem_error
    }
  }
`);

const UnlockMemberDocument = graphql(`
  mutation UnlockMember($id: ID!) {
    unlockMember(id: $id) {
      __typename
      ... on Member {
        id
        status
      }
      ...Problem_error
    }
  }
`);

const DeleteMemberDocument = graphql(`
  mutation DeleteMember($id: ID!) {
    deleteMember(id: $id) {
      __typename
      ...Problem_error
    }
  }
`);

/** A link that the administrator hands over; it is shown once. */
export type FreshLink = { url: string; name: string };

type LinkOutcome = { link: FreshLink; problem?: never } | { link?: never; problem: UserProblem };

/** The actions of the administrator on accounts of other people. Each returns its problem, or null. */
export function useMemberActions() {
  const [invite, inviting] = useMutation(InviteMemberDocument);
  const [createLink, linking] = useMutation(CreateMemberLinkDocument);
  const [lock, locking] = useMutation(LockMemberDocument);
  const [unlock, unlocking] = useMutation(UnlockMemberDocument);
  const [remove, removing] = useMutation(DeleteMemberDocument);

  return {
    isWorking: [inviting, linking, locking, unlocking, removing].some(({ loading }) => loading),
    invite: async (email: string): Promise<LinkOutcome> => {
      const outcome = await payloadOf(
        'MemberLinkPayload',
        async () => (await invite({ variables: { input: { email } } })).data?.inviteMember,
      );
      if (outcome.problem) return { problem: outcome.problem };
      return { link: { url: outcome.payload.link.url, name: outcome.payload.member.name } };
    },
    createLink: async (id: string): Promise<LinkOutcome> => {
      const outcome = await payloadOf(
        'MemberLinkPayload',
        async () => (await createLink({ variables: { id } })).data?.createMemberLink,
      );
      if (outcome.problem) return { problem: outcome.problem };
      return { link: { url: outcome.payload.link.url, name: outcome.payload.member.name } };
    },
    lock: async (id: string): Promise<UserProblem | null> => {
      const { problem } = await payloadOf('Member', async () => (await lock({ variables: { id } })).data?.lockMember);
      return problem ?? null;
    },
    unlock: async (id: string): Promise<UserProblem | null> => {
      const { problem } = await payloadOf(
        'Member',
        async () => (await unlock({ variables: { id } })).data?.unlockMember,
      );
      return problem ?? null;
    },
    remove: async (id: string): Promise<UserProblem | null> => {
      const { problem } = await payloadOf(
        'DeleteMemberPayload',
        async () => (await remove({ variables: { id } })).data?.deleteMember,
      );
      return problem ?? null;
    },
  };
}

export type MemberActions = ReturnType<typeof useMemberActions>;
