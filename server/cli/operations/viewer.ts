import { z } from 'zod';
import type { CreateSignInLinkMutation, WhoAmIQuery } from '../generated/graphql.ts';
import { operation, REFUSAL } from './operation.ts';

export const WHO_AM_I = operation<WhoAmIQuery>()(
  'query WhoAmI { result: viewer { name email } }',
  z.object({ name: z.string(), email: z.string() }).nullable(),
);

export const CREATE_SIGN_IN_LINK = operation<CreateSignInLinkMutation>()(
  `mutation CreateSignInLink { result: createSignInLink { ... on SignInLink { url expiresAt } ${REFUSAL} } }`,
  z.object({ url: z.string(), expiresAt: z.string() }),
);
