import type { DeploymentFailure } from '#server/domain/deployments/rows/failure.ts';
import { StartModeType, StartNeedType } from '../analysis/start-need.ts';
import { builder } from '../builder.ts';
import { ErrorCodeEnum } from '../errors.ts';

type Proposal = NonNullable<DeploymentFailure['proposal']>;

const FailureProposalType = builder.objectRef<Proposal>('FailureProposal').implement({
  description: 'Settings with which it may work.',
  fields: (t) => ({
    memoryMb: t.int({
      nullable: true,
      description: 'The next size, in MB.',
      resolve: ({ memoryMb }) => memoryMb ?? null,
    }),
    processor: t.string({
      nullable: true,
      description: 'Name of a faster processor.',
      resolve: ({ processor }) => processor ?? null,
    }),
    regions: t.stringList({
      description: 'Codes of other regions, the nearest first.',
      resolve: ({ regions }) => regions ?? [],
    }),
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
    stderrTail: t.exposeStringList('stderrTail', {
      description: 'The first and the last lines that the server wrote, redacted; `…` stands for those between.',
    }),
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
