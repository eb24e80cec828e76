import { z } from 'zod';
import type { ListMembersQuery, LockMemberMutation, UnlockMemberMutation } from '../generated/graphql.ts';
import { operation, REFUSAL } from './operation.ts';

const memberSchema = z.object({
  id: z.string(),
  name: z.string(),
  email: z.string(),
  status: z.string(),
  deployments: z.number(),
  lastSignedInAt: z.string().nullable(),
});
export type Member = z.infer<typeof memberSchema>;

const FIELDS = 'id name email status deployments lastSignedInAt';

const pageSchema = z.object({
  edges: z.array(z.object({ node: memberSchema })),
  pageInfo: z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullable() }),
});
export type MemberPage = z.infer<typeof pageSchema>;

export const LIST_MEMBERS = operation<ListMembersQuery>()(
  `query ListMembers($after: String) {
    result: members(first: 200, after: $after) {
      edges { node { ${FIELDS} } }
      pageInfo { hasNextPage endCursor }
    }
  }`,
  pageSchema,
);

export const LOCK_MEMBER = operation<LockMemberMutation>()(
  `mutation LockMember($id: ID!) {
    result: lockMember(id: $id) { ... on Member { ${FIELDS} } ${REFUSAL} }
  }`,
  memberSchema,
);

export const UNLOCK_MEMBER = operation<UnlockMemberMutation>()(
  `mutation UnlockMember($id: ID!) {
    result: unlockMember(id: $id) { ... on Member { ${FIELDS} } ${REFUSAL} }
  }`,
  memberSchema,
);
