import { z } from 'zod';
import type {
  ApproveDefinitionsMutation,
  DefinitionsQuery,
  SetDefinitionPolicyMutation,
} from '../generated/graphql.ts';
import { operation, REFUSAL } from './operation.ts';

const definitionsSchema = z.object({
  name: z.string(),
  definitions: z
    .object({
      policy: z.string(),
      agreedAt: z.string().nullable(),
      observedAt: z.string().nullable(),
      key: z.string().nullable(),
      heldCount: z.number(),
      changes: z.array(
        z.object({
          capability: z.string(),
          name: z.string(),
          change: z.string(),
          effects: z.array(z.string()),
          isHeld: z.boolean(),
          reasons: z.array(z.string()),
          fields: z.array(z.object({ field: z.string(), before: z.string().nullable(), after: z.string().nullable() })),
        }),
      ),
    })
    .nullable(),
});

export type ChangedDefinitions = z.infer<typeof definitionsSchema>;

const SELECTION =
  'name definitions { policy agreedAt observedAt key heldCount changes { capability name change effects isHeld reasons fields { field before after } } }';

export const DEFINITIONS = operation<DefinitionsQuery>()(
  `query Definitions($id: ID!) { result: deployment(id: $id) { ${SELECTION} } }`,
  definitionsSchema.nullable(),
);

export const APPROVE_DEFINITIONS = operation<ApproveDefinitionsMutation>()(
  `mutation ApproveDefinitions($input: ApproveDefinitionsInput!) { result: approveDefinitions(input: $input) { ... on Deployment { ${SELECTION} } ${REFUSAL} } }`,
  definitionsSchema,
);

export const SET_DEFINITION_POLICY = operation<SetDefinitionPolicyMutation>()(
  `mutation SetDefinitionPolicy($id: ID!, $policy: DefinitionPolicy!) { result: setDefinitionPolicy(id: $id, policy: $policy) { ... on Deployment { ${SELECTION} } ${REFUSAL} } }`,
  definitionsSchema,
);
