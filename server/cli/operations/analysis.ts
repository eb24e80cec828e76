import { z } from 'zod';
import type {
  AnalysisProgressSubscription,
  AnalyzeMutation,
  FindAnalysisQuery,
  PastedValuesQuery,
  StartTrialMutation,
  TrialProgressSubscription,
} from '../generated/graphql.ts';
import { operation, REFUSAL } from './operation.ts';

const FIELD = 'name label description kind required default choices evidence { kind file line note }';

const TRIAL = `
    candidateKey status conclusion mode eras
    steps { message at }
    needs { anyOf { kind name flag } }
    tools { name description }
    failure { code message hint retryable }
    stderrTail createdAt finishedAt`;

const trialSchema = z.looseObject({
  candidateKey: z.string().nullable(),
  status: z.string(),
  conclusion: z.string().nullable(),
  mode: z.array(z.string()),
  eras: z.array(z.string()),
  steps: z.array(z.object({ message: z.string(), at: z.coerce.date() })),
  needs: z.array(
    z.object({
      anyOf: z.array(z.object({ kind: z.string(), name: z.string(), flag: z.string().nullable() })),
    }),
  ),
  tools: z.array(z.object({ name: z.string(), description: z.string().nullable() })),
  failure: z
    .object({ code: z.string(), message: z.string(), hint: z.string().nullable(), retryable: z.boolean() })
    .nullable(),
  stderrTail: z.array(z.string()),
});

export type Trial = z.infer<typeof trialSchema>;

const ANALYSIS = `
  id databaseId source status cached createdAt expiresAt
  stages { stage state message at }
  warnings { code message weight candidateKey }
  suggestions { source name description origin }
  trials { ${TRIAL} }
  failure { code message hint retryable }
  candidates {
    key displayName description runtime deployable notDeployableReason
    package version integrity subfolder runCommand transport verified verdict notes
    arguments { ${FIELD} requirement repeated positional flag variable }
    credentials { ${FIELD} requirement pattern group together helpUrl advanced confidence }
    tools { name description }
    monthlyCost { alwaysOn withSleep currency asOf }
  }`;

const stageSchema = z.object({ stage: z.string(), state: z.string(), message: z.string(), at: z.coerce.date() });
/** A status that this version does not know is printed as it is. */
const statusSchema = z.string();

/** The part that the command reads; the rest of each field passes through for `--json`. */
const fieldSchema = z.looseObject({
  name: z.string(),
  label: z.string(),
  description: z.string().nullable(),
  kind: z.string(),
  required: z.boolean(),
  default: z.string().nullable(),
  choices: z.array(z.string()),
  evidence: z.array(
    z.object({
      kind: z.string(),
      file: z.string().nullable(),
      line: z.number().nullable(),
      note: z.string().nullable(),
    }),
  ),
});

export const candidateSchema = z.looseObject({
  key: z.string(),
  displayName: z.string(),
  description: z.string().nullable(),
  runtime: z.string(),
  deployable: z.boolean(),
  notDeployableReason: z.string().nullable(),
  package: z.string(),
  version: z.string().nullable(),
  runCommand: z.string(),
  /** Absent in answers of older servers. */
  transport: z.string().optional(),
  verified: z.boolean(),
  verdict: z.string(),
  notes: z.string().nullable(),
  arguments: z.array(
    fieldSchema.extend({
      requirement: z.string(),
      repeated: z.boolean(),
      positional: z.boolean(),
      flag: z.string().nullable(),
      variable: z.string().nullable(),
    }),
  ),
  credentials: z.array(
    fieldSchema.extend({
      requirement: z.string(),
      group: z.string().nullable(),
      together: z.array(z.string()),
      advanced: z.boolean(),
      confidence: z.string(),
      helpUrl: z.string().nullable(),
    }),
  ),
  monthlyCost: z.object({ alwaysOn: z.number(), withSleep: z.number(), currency: z.string() }),
});

export const analysisSchema = z.looseObject({
  id: z.string(),
  source: z.string(),
  status: statusSchema,
  cached: z.boolean(),
  candidates: z.array(candidateSchema),
  trials: z.array(trialSchema),
  warnings: z.array(z.looseObject({ message: z.string(), weight: z.string(), candidateKey: z.string().nullable() })),
  failure: z
    .object({ code: z.string(), message: z.string(), hint: z.string().nullable(), retryable: z.boolean() })
    .nullable(),
});

export type Stage = z.infer<typeof stageSchema>;
export type Candidate = z.infer<typeof candidateSchema>;
export type Analysis = z.infer<typeof analysisSchema>;

export const ANALYZE = operation<AnalyzeMutation>()(
  `mutation Analyze($input: AnalyzeInput!) {
    result: analyze(input: $input) { ... on Analysis { ${ANALYSIS} } ${REFUSAL} }
  }`,
  analysisSchema,
);

export const ANALYSIS_PROGRESS = operation<AnalysisProgressSubscription>()(
  `subscription AnalysisProgress($id: ID!) {
    result: analysisProgress(id: $id) { status stages { stage state message at } }
  }`,
  z.object({ status: statusSchema, stages: z.array(stageSchema) }),
);

export const FIND_ANALYSIS = operation<FindAnalysisQuery>()(
  `query FindAnalysis($id: ID!) { result: analysis(id: $id) { ${ANALYSIS} } }`,
  analysisSchema.nullable(),
);

const valuesSchema = z.array(z.object({ name: z.string(), value: z.string() }));

/** The values in the pasted text for the fields of each candidate. The server does not keep them. */
export const PASTED_VALUES = operation<PastedValuesQuery>()(
  `query PastedValues($id: ID!, $source: String!) {
    result: analysis(id: $id) {
      candidates { key pastedValues(source: $source) { credentials { name value } arguments { name value } } }
    }
  }`,
  z
    .object({
      candidates: z.array(
        z.object({
          key: z.string(),
          pastedValues: z.object({ credentials: valuesSchema, arguments: valuesSchema }),
        }),
      ),
    })
    .nullable(),
);

export const START_TRIAL = operation<StartTrialMutation>()(
  `mutation StartTrial($input: StartTrialInput!) {
    result: startTrial(input: $input) { ... on Analysis { id } ${REFUSAL} }
  }`,
  z.object({ id: z.string() }),
);

export const TRIAL_PROGRESS = operation<TrialProgressSubscription>()(
  `subscription TrialProgress($id: ID!) {
    result: analysisProgress(id: $id) { analysis { trials { ${TRIAL} } } }
  }`,
  z.object({ analysis: z.object({ trials: z.array(trialSchema) }).nullable() }),
);
