import { z } from 'zod';
import type { AdvisoriesQuery } from '../generated/graphql.ts';
import { operation } from './operation.ts';

const advisoriesSchema = z.object({
  name: z.string(),
  packageCheck: z
    .object({
      packageCount: z.number(),
      checkedAt: z.string().nullable(),
      problem: z.string().nullable(),
      advisories: z.array(
        z.object({
          advisoryId: z.string(),
          severity: z.string(),
          package: z.string(),
          version: z.string(),
          fixed: z.string().nullable(),
          summary: z.string(),
          url: z.string().nullable(),
        }),
      ),
    })
    .nullable(),
});

export const ADVISORIES = operation<AdvisoriesQuery>()(
  `query Advisories($id: ID!) { result: deployment(id: $id) {
    name packageCheck { packageCount checkedAt problem advisories { advisoryId severity package version fixed summary url } } } }`,
  advisoriesSchema.nullable(),
);
