import { z } from 'zod';
import type { DiagnoseQuery } from '../generated/graphql.ts';
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
