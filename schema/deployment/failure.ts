import type { DeploymentFailure, MissingSetting } from '#server/domain/deployments/rows/failure.ts';
import { builder } from '../builder.ts';
import { ErrorCodeEnum } from '../errors.ts';

const KINDS = { variable: 'VARIABLE', argument: 'ARGUMENT' } as const;
const SettingKindEnum = builder.enumType('SettingKind', {
  description: 'VARIABLE: an environment variable. ARGUMENT: a part of the command line.',
  values: ['VARIABLE', 'ARGUMENT'] as const,
});

type Proposal = NonNullable<DeploymentFailure['proposal']>;

const FailureProposalType = builder.objectRef<Proposal>('FailureProposal').implement({
  description: 'Settings with which it may work.',
  fields: (t) => ({
    memoryMb: t.int({
      nullable: true,
      description: 'The next size, in MB.',
      resolve: ({ memoryMb }) => memoryMb ?? null,
    }),
    regions: t.stringList({
      description: 'Codes of other regions, the nearest first.',
      resolve: ({ regions }) => regions ?? [],
    }),
  }),
});

const MissingSettingType = builder.objectRef<MissingSetting>('MissingSetting').implement({
  description: 'A setting that a server asked for when it started.',
  fields: (t) => ({
    kind: t.field({ type: SettingKindEnum, description: 'Kind of setting.', resolve: ({ kind }) => KINDS[kind] }),
    name: t.exposeString('name', { description: 'Name of the environment variable or of the argument.' }),
    flag: t.string({
      nullable: true,
      description: 'Command-line flag; null for a variable and for a positional argument.',
      resolve: (missing) => (missing.kind === 'argument' ? missing.flag : null),
    }),
  }),
});

const StartNeedType = builder.objectRef<MissingSetting[]>('StartNeed').implement({
  description: 'Something without which a server did not start.',
  fields: (t) => ({
    anyOf: t.field({
      type: [MissingSettingType],
      description: 'The settings that meet the need; one of them is enough.',
      resolve: (need) => need,
    }),
  }),
});

const StartModeType = builder.objectRef<string[]>('StartMode').implement({
  description: 'A way to start the program that its usage text offers.',
  fields: (t) => ({
    words: t.stringList({ description: 'Words for the command line, in order.', resolve: (words) => words }),
  }),
});

export const DeploymentFailureType = builder.objectRef<DeploymentFailure>('DeploymentFailure').implement({
  description: 'Why a deployment or release does not run.',
  fields: (t) => ({
    code: t.expose('code', { type: ErrorCodeEnum, description: 'Error code for programs.' }),
    message: t.exposeString('message', { description: 'The failure, in one sentence.' }),
    hint: t.exposeString('hint', { nullable: true, description: 'Suggested fix.' }),
    retryable: t.exposeBoolean('retryable', { description: 'True if a retry may succeed.' }),
    occurredAt: t.expose('occurredAt', { type: 'DateTime', description: 'When it happened.' }),
    stderrTail: t.exposeStringList('stderrTail', { description: 'The last lines the server wrote, redacted.' }),
    variables: t.stringList({
      description: 'The variables that the server asked for.',
      resolve: ({ variables }) => variables ?? [],
    }),
    needs: t.field({
      type: [StartNeedType],
      description: 'All that the server asked for, each with a field of the deployment.',
      resolve: ({ needs }) => needs ?? [],
    }),
    modes: t.field({
      type: [StartModeType],
      description: 'Ways to start the program that its usage text offers, the likeliest first.',
      resolve: ({ modes }) => modes ?? [],
    }),
    exitCode: t.int({
      nullable: true,
      description: "The exit code of the server's process, where its end is the reason.",
      resolve: ({ exitCode }) => exitCode ?? null,
    }),
    signal: t.string({
      nullable: true,
      description: 'The signal that ended it, where one did.',
      resolve: ({ signal }) => signal ?? null,
    }),
    proposal: t.field({
      type: FailureProposalType,
      nullable: true,
      description: 'Settings with which it may work, for updateDeployment; null where none would help.',
      resolve: ({ proposal }) => proposal ?? null,
    }),
  }),
});
