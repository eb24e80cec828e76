import { z } from 'zod';
import type { ClearKeptDataMutation, CopyKeptDataMutation, KeptDataQuery } from '../generated/graphql.ts';
import { operation, REFUSAL } from './operation.ts';

const dataSchema = z.object({
  name: z.string(),
  data: z.object({ bytes: z.number(), limitBytes: z.number() }).nullable(),
});

const SELECTION = 'name data { bytes limitBytes }';

export const KEPT_DATA = operation<KeptDataQuery>()(
  `query KeptData($id: ID!) { result: deployment(id: $id) { ${SELECTION} } }`,
  dataSchema.nullable(),
);

export const CLEAR_KEPT_DATA = operation<ClearKeptDataMutation>()(
  `mutation ClearKeptData($id: ID!) { result: clearData(id: $id) { ... on Deployment { ${SELECTION} } ${REFUSAL} } }`,
  dataSchema,
);

export const COPY_KEPT_DATA = operation<CopyKeptDataMutation>()(
  `mutation CopyKeptData($input: CopyDataInput!) { result: copyData(input: $input) { ... on Deployment { ${SELECTION} } ${REFUSAL} } }`,
  dataSchema,
);
