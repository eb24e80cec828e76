import { z } from 'zod';
import type { DeleteViewMutation, SaveViewMutation, ViewsQuery } from '../generated/graphql.ts';
import { operation, REFUSAL } from './operation.ts';

const viewSchema = z.object({
  id: z.string(),
  name: z.string(),
  url: z.string(),
  rules: z.unknown(),
  effect: z
    .object({
      toolsBefore: z.number(),
      toolsAfter: z.number(),
      tokensBefore: z.number(),
      tokensAfter: z.number(),
      notes: z.array(z.string()),
    })
    .nullable(),
});

const SELECTION = 'id name url rules effect { toolsBefore toolsAfter tokensBefore tokensAfter notes }';

export const VIEWS = operation<ViewsQuery>()(
  `query Views($id: ID!) { result: deployment(id: $id) { name views { ${SELECTION} } } }`,
  z.object({ name: z.string(), views: z.array(viewSchema) }).nullable(),
);

export const SAVE_VIEW = operation<SaveViewMutation>()(
  `mutation SaveView($input: SaveViewInput!) { result: saveView(input: $input) { ... on View { ${SELECTION} } ${REFUSAL} } }`,
  viewSchema,
);

export const DELETE_VIEW = operation<DeleteViewMutation>()(
  `mutation DeleteView($id: ID!) { result: deleteView(id: $id) { ... on Deployment { name } ${REFUSAL} } }`,
  z.object({ name: z.string() }),
);
