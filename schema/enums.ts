import type * as enums from '#prisma/generated/client/enums.ts';
import { stageSchema, stageStateSchema } from '#server/domain/analysis/progress.ts';
import {
  confidenceSchema,
  evidenceKindSchema,
  fieldKindSchema,
  requirementSchema,
  verdictSchema,
  warningWeightSchema,
} from '#server/domain/analysis/result.ts';
import type { RecentRange } from '#server/domain/calls/recent-usage.ts';
import { builder } from './builder.ts';

const value = (description: string) => ({ description });

export const DeploymentStatusEnum = builder.enumType('DeploymentStatus', {
  description: 'The status of a deployment.',
  values: {
    DEPLOYING: value('No release serves yet.'),
    RUNNING: value('The deployment answers calls.'),
    UNHEALTHY: value('The deployment runs, and failed its last three health checks.'),
    ASLEEP: value('Suspended while idle; the next call wakes it.'),
    STOPPED: value('The deployment was stopped on request.'),
    FAILED: value('The deployment cannot run; `failure` gives the reason.'),
    DELETING: value('The machine of the deployment is being removed.'),
    DELETED: value('The deployment is gone; only in events.'),
  } satisfies Record<enums.DeploymentStatus, unknown>,
});

export const ShareRoleEnum = builder.enumType('ShareRole', {
  description: 'What a person may do with a deployment; each role includes those before it.',
  values: {
    USE: value('Connect apps with OAuth, with own keys where fields are personal.'),
    OPERATE: value(
      'See it, start, stop, restart and redeploy it, read its log and calls, and try it in the playground.',
    ),
    OWN: value('Everything: settings, credentials, tokens, whom it is shared with, and its deletion.'),
  } satisfies Record<enums.ShareRole, unknown>,
});

export const DeploymentPhaseEnum = builder.enumType('DeploymentPhase', {
  description: 'The step of the release that is on its way.',
  values: {
    QUEUED: value('Waiting for a worker.'),
    CREATING_MACHINE: value('The machine is being created.'),
    STARTING_MACHINE: value('The machine is starting.'),
    INSTALLING: value('The package is being installed.'),
    STARTING_SERVER: value('The server is starting.'),
    HANDSHAKE: value('The server is asked for its tools.'),
  } satisfies Record<enums.DeploymentPhase, unknown>,
});

export const EndpointAccessEnum = builder.enumType('EndpointAccess', {
  description: 'The callers that an endpoint accepts.',
  values: {
    TOKEN: value('Callers with one of its bearer tokens.'),
    OAUTH: value('OAuth clients that the owner consented to, and bearer tokens.'),
    PUBLIC: value('Everyone.'),
  } satisfies Record<enums.EndpointAccess, unknown>,
});

export const IsolationEnum = builder.enumType('Isolation', {
  description: 'The sessions that share one process of the server.',
  values: {
    AUTO: value('Sessions of the same caller, unless the client offers sampling, elicitation or roots.'),
    SHARED: value('All sessions of all callers.'),
    PER_SESSION: value('None: a process for each session.'),
  } satisfies Record<enums.Isolation, unknown>,
});

export const EgressPolicyEnum = builder.enumType('EgressPolicy', {
  description: 'What a server may reach over the network.',
  values: {
    MACHINE: value('Everything that its machine reaches; on a computer that several people share, what PUBLIC says.'),
    PUBLIC: value('Every public address on usual ports, and the listed hosts.'),
    LISTED: value('The listed hosts alone.'),
    NONE: value('Nothing.'),
  } satisfies Record<enums.EgressPolicy, unknown>,
});

export const DefinitionPolicyEnum = builder.enumType('DefinitionPolicy', {
  description: 'What happens when a server offers other definitions than its owner agreed to.',
  values: {
    NOTIFY: value('Clients see the changed definitions, and the owner is notified.'),
    HOLD: value('Clients see the agreed definitions until the owner approves the changes; harmless ones pass.'),
    ALLOW: value('The changed definitions count as agreed to.'),
  } satisfies Record<enums.DefinitionPolicy, unknown>,
});

/** The only place that knows the names of the public schema; everywhere else a runtime is written in lower case. */
export const RuntimeEnum = builder.enumType('Runtime', {
  description: 'The kind of a package.',
  values: {
    NPM: { value: 'npm', description: 'An npm package.' },
    PYPI: { value: 'pypi', description: 'A Python package.' },
    GIT: { value: 'git', description: 'A git repository, installed at one commit.' },
    OCI: { value: 'oci', description: 'A container image.' },
    SOURCE: { value: 'source', description: 'A folder or tarball on this computer.' },
    REMOTE: { value: 'remote', description: 'A server that already runs elsewhere.' },
    MCPB: { value: 'mcpb', description: 'A bundle for desktop clients.' },
    BUNDLE: { value: 'bundle', description: 'Several deployments at one address.' },
  } as const satisfies Record<Uppercase<enums.Runtime>, { value: enums.Runtime; description: string }>,
});

export const ProtocolEraEnum = builder.enumType('ProtocolEra', {
  description: 'LEGACY: MCP 2024-11-05 to 2025-11-25, with sessions. MODERN: 2026-07-28, stateless.',
  values: ['LEGACY', 'MODERN'] as const,
});
export const PROTOCOL_ERAS = { legacy: 'LEGACY', modern: 'MODERN' } as const;

export const ServerTransportEnum = builder.enumType('ServerTransport', {
  description: 'The way in which a server speaks MCP on its machine.',
  values: {
    STDIO: { value: 'STDIO', description: 'Over standard input and output.' },
    HTTP: { value: 'HTTP', description: 'Over a port of its own; Catwalk relays to it.' },
  } as const,
});

export const LogStreamEnum = builder.enumType('LogStream', {
  description: 'The origin of a log line.',
  values: {
    INSTALL: value('The installation of the package.'),
    STDERR: value("The server's standard error."),
    STDOUT: value('What the server wrote to standard output besides MCP messages.'),
    HOST: value("Catwalk's program around the server."),
  } satisfies Record<enums.LogStream, unknown>,
});

export const AnalysisStatusEnum = builder.enumType('AnalysisStatus', {
  description: 'The progress of an analysis.',
  values: {
    RUNNING: value('The analysis goes on; follow analysisProgress.'),
    DONE: value('The analysis found everything that it looked for.'),
    PARTIAL: value('Something could not be read; the warnings say what.'),
    FAILED: value('The analysis found nothing; `failure` gives the reason.'),
  } satisfies Record<enums.AnalysisStatus, unknown>,
});

export const CallOutcomeEnum = builder.enumType('CallOutcome', {
  description: 'How a call ended.',
  values: {
    OK: value('The call was answered with a result.'),
    TOOL_ERROR: value('The tool answered with an error of its own: `isError`.'),
    PROTOCOL_ERROR: value('The call was answered with a JSON-RPC error.'),
    CANCELLED: value('The client cancelled it, or left.'),
    TIMED_OUT: value('The client gave up waiting, and said so.'),
    INPUT_REQUIRED: value('A round that ended with questions to the client; the client calls again with the answers.'),
    REFUSED: value('The endpoint refused it before the server saw it.'),
  } satisfies Record<enums.CallOutcome, unknown>,
});

export const ApiTokenScopeEnum = builder.enumType('ApiTokenScope', {
  description: 'The permissions of an API token.',
  values: {
    READ: value('Queries and subscriptions.'),
    WRITE: value('Everything its owner may do.'),
  } satisfies Record<enums.ApiTokenScope, unknown>,
});

export const UserRoleEnum = builder.enumType('UserRole', {
  description: 'The permissions of a user beyond owning deployments.',
  values: { ADMIN: value('Administers this installation.'), MEMBER: value('Nothing more.') } satisfies Record<
    enums.UserRole,
    unknown
  >,
});

export const VerdictEnum = builder.enumType('Verdict', {
  description: 'The verdict of an analysis on a package.',
  values: verdictSchema.options,
});
export const FieldKindEnum = builder.enumType('FieldKind', {
  description: 'How a value is asked for.',
  values: fieldKindSchema.options,
});
export const RequirementEnum = builder.enumType('Requirement', {
  description:
    'HARD: the server ends without it, as its code or a start proves. LAZY: usually needed. OPTIONAL: neither.',
  values: requirementSchema.options,
});
export const ConfidenceEnum = builder.enumType('Confidence', {
  description: 'How sure the analysis is.',
  values: confidenceSchema.options,
});
export const EvidenceKindEnum = builder.enumType('EvidenceKind', {
  description: 'The kind of source that a fact comes from.',
  values: evidenceKindSchema.options,
});
export const WarningWeightEnum = builder.enumType('WarningWeight', {
  description: 'How much a warning matters; CONFIRM: deploying needs `acceptUnverified`.',
  values: warningWeightSchema.options,
});
export const AnalysisStageEnum = builder.enumType('AnalysisStage', {
  description: 'The steps of an analysis, in order.',
  values: stageSchema.options,
});
export const StageStateEnum = builder.enumType('StageState', {
  description: 'The progress of a step.',
  values: stageStateSchema.options,
});

export const RecentRangeEnum = builder.enumType('RecentRange', {
  description: 'A time until now.',
  values: {
    HOUR: value('The last hour, by minute.'),
    DAY: value('The last 24 hours, by quarter of an hour.'),
  } satisfies Record<RecentRange, unknown>,
});
