import type { ErrorCode } from '#server/domain/errors.ts';

/** Why a deployment is FAILED or UNHEALTHY, as kept in the row and shown to its owner. Redacted. */
export type DeploymentFailure = {
  code: ErrorCode;
  message: string;
  hint: string | null;
  retryable: boolean;
  /** ISO 8601. */
  occurredAt: string;
  stderrTail: string[];
  /** Credential fields that the server asked for. */
  variables?: string[];
  /** How the child ended, where that is why. */
  exitCode?: number | null;
  signal?: string | null;
  /** Settings with which it may work: one click for a client. */
  proposal?: { memoryMb?: number; regions?: string[] };
};

export type ToolSummary = {
  name: string;
  title: string | null;
  description: string | null;
  inputSchema: unknown;
  outputSchema: unknown;
  annotations: unknown;
};
export type ResourceSummary = {
  uri: string;
  name: string;
  description: string | null;
  mimeType: string | null;
  /** True for a URI template. */
  template: boolean;
};
export type PromptSummary = { name: string; description: string | null; arguments: unknown };

/** What a release's server offered at its handshake. */
export type Snapshot = {
  serverInfo: { name: string; version: string } | null;
  protocolVersion: string;
  era: 'legacy' | 'modern' | 'dual';
  capabilities: unknown;
  instructions: string | null;
  tools: ToolSummary[];
  resources: ResourceSummary[];
  prompts: PromptSummary[];
};

export type KeyValue = { name: string; value: string };

export type DeployInput = {
  analysisId: string;
  candidate?: string | null;
  name?: string | null;
  credentials: KeyValue[];
  arguments: KeyValue[];
  version?: string | null;
  region?: string | null;
  memoryMb?: number | null;
  access: 'TOKEN' | 'OAUTH' | 'PUBLIC';
  isolation: 'AUTO' | 'SHARED' | 'PER_SESSION';
  sleepAfterMinutes?: number | null;
  acceptUnverified: boolean;
  extraArguments: string[];
  extraEnvironment: KeyValue[];
};

export type UpdateDeploymentInput = {
  id: string;
  name?: string | null;
  arguments?: KeyValue[] | null;
  extraArguments?: string[] | null;
  access?: DeployInput['access'] | null;
  isolation?: DeployInput['isolation'] | null;
  sleepAfterMinutes?: number | null;
  region?: string | null;
  memoryMb?: number | null;
};
