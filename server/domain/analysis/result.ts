import { z } from 'zod';
import type { PackageSpec } from '#deploy/host/package-spec.ts';
import type { PackageWeight } from '../processors.ts';

/** The result of an analysis, as it is kept in `Analysis.result`. Names are those of the GraphQL schema, except for runtimes. */

/** The kind of a package; in lower case, as in `PackageSpec`. Results of earlier versions are stored in upper case. */
export const runtimeSchema = z
  .string()
  .toLowerCase()
  .pipe(z.enum(['npm', 'pypi', 'git', 'oci', 'source', 'remote', 'mcpb']));
export const verdictSchema = z.enum(['MCP_SERVER', 'LIBRARY', 'REMOTE_ONLY', 'NEEDS_LOCAL_APP', 'NOT_MCP']);
export const fieldKindSchema = z.enum(['SECRET', 'TEXT', 'NUMBER', 'BOOLEAN', 'CHOICE', 'FILE']);
/** HARD: the server ends without it, as its code or a start proves. LAZY: usually needed. */
export const requirementSchema = z.enum(['HARD', 'LAZY', 'OPTIONAL']);
export const confidenceSchema = z.enum(['HIGH', 'MEDIUM', 'LOW']);

export const evidenceKindSchema = z.enum([
  'SOURCE_CODE',
  'PACKAGE',
  'REGISTRY',
  'README',
  'SERVER_JSON',
  'MCPB',
  'SMITHERY',
  'ENV_EXAMPLE',
  'DOCKERFILE',
  'SNIPPET',
  'MODEL',
  'START_FAILURE',
  'TRIAL',
]);

export const evidenceSchema = z.object({
  kind: evidenceKindSchema,
  /** Path within the package or repository; null where the fact comes from a registry's answer. */
  file: z.string().nullable(),
  /** Counted from 1. */
  line: z.int().positive().nullable(),
  note: z.string().nullable(),
});

export const credentialFieldSchema = z.object({
  /** The environment variable. */
  name: z.string(),
  label: z.string(),
  description: z.string().nullable(),
  kind: fieldKindSchema,
  /** HARD: a deployment without it is refused. In a group one value is enough for all. */
  required: z.boolean(),
  requirement: requirementSchema,
  /** The server's own default when the variable is unset. Shown, never sent. */
  default: z.string().nullable(),
  choices: z.array(z.string()),
  pattern: z.string().nullable(),
  /** Fields of one group stand in for each other: one of them suffices. */
  group: z.string().nullable(),
  /** The other fields of its group that are needed with it, such as the password beside an address. */
  together: z.array(z.string()).exactOptional(),
  helpUrl: z.string().nullable(),
  advanced: z.boolean(),
  confidence: confidenceSchema,
  evidence: z.array(evidenceSchema),
});

export const argumentFieldSchema = z.object({
  name: z.string(),
  label: z.string(),
  description: z.string().nullable(),
  kind: fieldKindSchema,
  required: z.boolean(),
  /** Usually needed, though nothing proves it. */
  usual: z.boolean().exactOptional(),
  repeated: z.boolean(),
  positional: z.boolean(),
  /** Such as `--api-key`; null for a positional one. */
  flag: z.string().nullable(),
  /** The variable that sets the same: one of both is enough. */
  variable: z.string().exactOptional(),
  default: z.string().nullable(),
  choices: z.array(z.string()),
  /** A form may hide it at first. Fields that were stored before there was this say false. */
  advanced: z.boolean().default(false),
  evidence: z.array(evidenceSchema),
});

/** Text with fields in it: `postgres://{user}@{host}` is ['postgres://', { field: 'user' }, '@', { field: 'host' }]. */
export const templateSchema = z.array(z.union([z.string(), z.object({ field: z.string() })]));

/** A word of a command line; with a flag two words, of which neither is given while a field in the value is empty. */
export const launchWordSchema = z.object({ flag: z.string().nullable(), value: templateSchema });

/** The command line that was pasted or that a registry declares. It outranks what files suggest. */
export const candidateLaunchSchema = z.object({
  /** The place of the server in the pasted block, counted from 0; null when nothing was pasted. */
  index: z.int().nullable(),
  /** In order. Their fields are arguments; an empty field takes its default. */
  words: z.array(launchWordSchema),
  /** Variables that are put together from fields, which are no variables themselves. */
  variables: z.record(z.string(), templateSchema),
});

export const toolSummarySchema = z.object({ name: z.string(), description: z.string().nullable() });

const pythonOptions = {
  extras: z.array(z.string()).exactOptional(),
  with: z.array(z.string()).exactOptional(),
  python: z.string().exactOptional(),
};

/** The options of an installation: a Python package has them. */
export const installOptionsSchema = z.object(pythonOptions);

/** How a server is reached that serves HTTP by itself. */
export const httpServingSchema = z.object({
  portVariables: z.array(z.string()).exactOptional(),
  hostVariables: z.array(z.string()).exactOptional(),
  portFlag: z.string().exactOptional(),
  paths: z.array(z.string()).exactOptional(),
});

const http = httpServingSchema.exactOptional();

/** The compiler holds this equal to the host's `PackageSpec`. */
export const packageSpecSchema = z.discriminatedUnion('runtime', [
  z.object({
    runtime: z.literal('npm'),
    name: z.string(),
    version: z.string(),
    integrity: z.string().exactOptional(),
    bin: z.string().exactOptional(),
    http,
  }),
  z.object({
    runtime: z.literal('pypi'),
    name: z.string(),
    version: z.string(),
    hashes: z.array(z.string()).exactOptional(),
    bin: z.string().exactOptional(),
    http,
    ...pythonOptions,
  }),
  z.object({
    runtime: z.literal('git'),
    installer: z.enum(['npm', 'pypi', 'go', 'cargo']),
    url: z.string(),
    commit: z.string(),
    subfolder: z.string().exactOptional(),
    bin: z.string().exactOptional(),
    http,
    ...pythonOptions,
  }),
  z.object({
    runtime: z.literal('archive'),
    path: z.string(),
    integrity: z.string(),
    bin: z.string().exactOptional(),
    http,
  }),
  z.object({
    runtime: z.literal('mcpb'),
    name: z.string(),
    version: z.string(),
    integrity: z.string(),
    path: z.string().exactOptional(),
    url: z.string().exactOptional(),
    kind: z.enum(['node', 'python', 'binary']),
    entry: z.string(),
    http,
  }),
  z.object({
    runtime: z.literal('oci'),
    image: z.string(),
    tag: z.string().exactOptional(),
    digest: z.string(),
    entrypoint: z.array(z.string()).exactOptional(),
    workingDir: z.string().exactOptional(),
    volumes: z.array(z.string()).exactOptional(),
    http,
  }),
  z.object({
    runtime: z.literal('remote'),
    url: z.string(),
    headers: z.array(z.object({ name: z.string(), variable: z.string() })),
    http,
  }),
  z.object({ runtime: z.literal('bundle'), http }),
  z.object({ runtime: z.literal('command'), command: z.string(), args: z.array(z.string()), http }),
]) satisfies z.ZodType<PackageSpec>;

export const packageWeightSchema = z.object({
  dependencies: z.int(),
  installMs: z.number().nullable(),
}) satisfies z.ZodType<PackageWeight>;

export const serverCandidateSchema = z.object({
  /** Unique within one analysis, and the same in the next one of the same source. */
  key: z.string(),
  displayName: z.string(),
  description: z.string().nullable(),
  runtime: runtimeSchema,
  deployable: z.boolean(),
  notDeployableReason: z.string().nullable(),
  package: z.string(),
  version: z.string().nullable(),
  integrity: z.string().nullable(),
  subfolder: z.string().nullable(),
  /** For people to read; never run as it is. */
  runCommand: z.string(),
  arguments: z.array(argumentFieldSchema),
  credentials: z.array(credentialFieldSchema),
  /** The package leads back to the source; packages the user named, folders and tarballs count as verified. */
  verified: z.boolean(),
  verdict: verdictSchema,
  tools: z.array(toolSummarySchema),
  notes: z.string().nullable(),
  /** The package that the host installs; null unless deployable. */
  spec: packageSpecSchema.nullable(),
  /** Arguments that are always given, first: a subcommand, or the flag that stdio needs. */
  fixedArguments: z.array(z.string()),
  /** Given after the fixed arguments, before all other ones. */
  launch: candidateLaunchSchema.exactOptional(),
  /** What is known of the work that its installation makes. */
  weight: packageWeightSchema.exactOptional(),
});

export const warningWeightSchema = z.enum(['INFO', 'CAUTION', 'CONFIRM']);

export const analysisWarningSchema = z.object({
  code: z.string(),
  message: z.string(),
  /** CONFIRM: deploying needs `acceptUnverified`. */
  weight: warningWeightSchema,
  candidateKey: z.string().exactOptional(),
});

/** A server whose name is like the text that was pasted. */
export const suggestionSchema = z.object({
  /** The text to analyze. */
  source: z.string(),
  name: z.string(),
  description: z.string().nullable(),
  origin: z.enum(['MCP_REGISTRY', 'NPM']),
});

export const analysisResultSchema = z.object({
  candidates: z.array(serverCandidateSchema),
  warnings: z.array(analysisWarningSchema),
  /** Found where the text names no package, best first. */
  suggestions: z.array(suggestionSchema).exactOptional(),
});

/** `Analysis.failure`: why there is no result, or only part of one. */
export const analysisFailureSchema = z.object({
  code: z.string(),
  message: z.string(),
  hint: z.string().nullable(),
  retryable: z.boolean(),
});

export type Runtime = z.infer<typeof runtimeSchema>;
export type Verdict = z.infer<typeof verdictSchema>;
export type FieldKind = z.infer<typeof fieldKindSchema>;
export type Requirement = z.infer<typeof requirementSchema>;
export type Confidence = z.infer<typeof confidenceSchema>;
export type EvidenceKind = z.infer<typeof evidenceKindSchema>;
export type Evidence = z.infer<typeof evidenceSchema>;
export type CredentialField = z.infer<typeof credentialFieldSchema>;
export type ArgumentField = z.infer<typeof argumentFieldSchema>;
export type Template = z.infer<typeof templateSchema>;
export type LaunchWord = z.infer<typeof launchWordSchema>;
export type CandidateLaunch = z.infer<typeof candidateLaunchSchema>;
export type ToolSummary = z.infer<typeof toolSummarySchema>;
export type ServerCandidate = z.infer<typeof serverCandidateSchema>;
export type AnalysisWarning = z.infer<typeof analysisWarningSchema>;
export type Suggestion = z.infer<typeof suggestionSchema>;
export type AnalysisResult = z.infer<typeof analysisResultSchema>;
export type AnalysisFailure = z.infer<typeof analysisFailureSchema>;
/** One candidate as it was read from its files. */
export type Described = {
  candidate: ServerCandidate;
  warnings: AnalysisWarning[];
  /** The documents that the candidate was read from, for the language model. */
  readme?: string;
};
