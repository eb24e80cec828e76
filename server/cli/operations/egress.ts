import { z } from 'zod';
import type { EgressQuery, LimitEgressMutation } from '../generated/graphql.ts';
import { operation, REFUSAL } from './operation.ts';

const egressSchema = z.object({
  name: z.string(),
  egress: z.object({
    policy: z.string(),
    hosts: z.array(z.string()),
    reached: z.array(z.string()),
    obstacle: z.string().nullable(),
  }),
  containedActs: z.array(
    z.object({
      rule: z.string(),
      subject: z.string(),
      entry: z.string().nullable(),
      count: z.number(),
      lastAt: z.string(),
    }),
  ),
});

const SELECTION = 'name egress { policy hosts reached obstacle } containedActs { rule subject entry count lastAt }';

export const EGRESS = operation<EgressQuery>()(
  `query Egress($id: ID!) { result: deployment(id: $id) { ${SELECTION} } }`,
  egressSchema.nullable(),
);

export const LIMIT_EGRESS = operation<LimitEgressMutation>()(
  `mutation LimitEgress($input: UpdateDeploymentInput!) { result: updateDeployment(input: $input) { ... on Deployment { ${SELECTION} } ${REFUSAL} } }`,
  egressSchema,
);
