import { z } from 'zod';
import type { DiagnoseQuery, InspectInstallationQuery } from '../generated/graphql.ts';
import { operation } from './operation.ts';

const stepSchema = z.object({
  key: z.string(),
  title: z.string(),
  /** PASSED, WARNING, FAILED or SKIPPED; another one is printed as it is. */
  state: z.string(),
  seen: z.string(),
  hint: z.string().nullable(),
  durationMs: z.number(),
});

export type DiagnosisStep = z.infer<typeof stepSchema>;

export const DIAGNOSE = operation<DiagnoseQuery>()(
  'query Diagnose($id: ID!) { result: diagnose(deploymentId: $id) { key title state seen hint durationMs } }',
  z.array(stepSchema),
);

export const INSPECT_INSTALLATION = operation<InspectInstallationQuery>()(
  'query InspectInstallation { result: installation { version machines isolation { boxed summary hint } } }',
  z.object({
    version: z.string(),
    machines: z.string(),
    isolation: z.object({ boxed: z.boolean(), summary: z.string(), hint: z.string().nullable() }).nullable(),
  }),
);
