import { type PastedValues, pastedValues } from '#server/domain/analysis/candidates/pasted-values.ts';
import type { ServerCandidate } from '#server/domain/analysis/result.ts';
import { DEFAULT_MEMORY_MB, monthlyCost, NO_COST, proposedProcessor, regionsOf } from '#server/domain/catalog.ts';
import { builder } from '../builder.ts';
import { MonthlyCostType, ProcessorType } from '../catalog/catalog.ts';
import { RuntimeEnum, ServerTransportEnum, VerdictEnum } from '../enums.ts';
import { ToolSummaryType } from '../tools.ts';
import { ArgumentFieldType, CredentialFieldType } from './fields.ts';

const defaultRegion = ({ machines }: { machines: 'local' | 'fly' }): string => regionsOf(machines)[0]?.code ?? '';

const PastedValueType = builder.objectRef<PastedValues['arguments'][number]>('PastedValue').implement({
  description: 'A value that a pasted text gives to a field.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Name of the argument field or the environment variable.' }),
    value: t.exposeString('value', { description: 'The value as it was pasted.' }),
  }),
});

const PastedValuesType = builder.objectRef<PastedValues>('PastedValues').implement({
  description: 'Values that a pasted text gives to the fields of a candidate.',
  fields: (t) => ({
    credentials: t.expose('credentials', {
      type: [PastedValueType],
      description: 'Environment variables, including variables that are not fields of the candidate.',
    }),
    arguments: t.expose('arguments', { type: [PastedValueType], description: 'Command-line arguments.' }),
  }),
});

export const ServerCandidateType = builder.objectRef<ServerCandidate>('ServerCandidate').implement({
  description: 'One server that an analysis found in its source.',
  fields: (t) => ({
    key: t.exposeID('key', { description: 'Names it within its analysis; what `candidate` takes.' }),
    displayName: t.exposeString('displayName', { description: 'Display name of the server.' }),
    description: t.exposeString('description', { nullable: true, description: 'Purpose of the server.' }),
    runtime: t.expose('runtime', { type: RuntimeEnum, description: 'Kind of package.' }),
    transport: t.field({
      type: ServerTransportEnum,
      description: 'How the server speaks MCP on its machine.',
      resolve: ({ spec }) => (spec?.http ? 'HTTP' : 'STDIO'),
    }),
    deployable: t.exposeBoolean('deployable', { description: 'True if Catwalk can run it.' }),
    notDeployableReason: t.exposeString('notDeployableReason', {
      nullable: true,
      description: 'Reason why Catwalk cannot deploy the candidate, or null if it can.',
    }),
    package: t.exposeString('package', { description: 'The name of its package, or its address.' }),
    version: t.exposeString('version', { nullable: true, description: 'The version that a deployment would pin.' }),
    integrity: t.exposeString('integrity', { nullable: true, description: 'The hash of that version, as SRI.' }),
    subfolder: t.exposeString('subfolder', {
      nullable: true,
      description: 'Folder of the server within its repository.',
    }),
    runCommand: t.exposeString('runCommand', { description: 'How to run it by hand; for people to read.' }),
    arguments: t.expose('arguments', { type: [ArgumentFieldType], description: 'The arguments it takes.' }),
    credentials: t.expose('credentials', { type: [CredentialFieldType], description: 'The variables it reads.' }),
    pastedValues: t.field({
      type: PastedValuesType,
      description:
        'Values for the fields, read from the pasted text. The analysis does not keep them, so the text is sent again.',
      args: { source: t.arg.string({ description: 'The text as it was sent to `analyze`.' }) },
      resolve: (candidate, { source }) => pastedValues(source, candidate),
    }),
    blockIndex: t.int({
      nullable: true,
      description: 'Place in the pasted block of settings, counted from 0; null for what was not pasted as a launch.',
      resolve: ({ launch }) => launch?.index ?? null,
    }),
    verified: t.exposeBoolean('verified', {
      description:
        'True if the package leads back to the source; named packages, folders and tarballs count as verified.',
    }),
    verdict: t.expose('verdict', { type: VerdictEnum, description: 'Verdict of the analysis on the package.' }),
    tools: t.expose('tools', { type: [ToolSummaryType], description: 'The tools it is known to offer.' }),
    proposedProcessor: t.field({
      type: ProcessorType,
      description:
        'The processor that a deployment of it gets when none is chosen: with it the installation takes a minute at most.',
      resolve: ({ weight }, _args, { installation }) => proposedProcessor(weight, defaultRegion(installation)),
    }),
    monthlyCost: t.field({
      type: MonthlyCostType,
      description: 'Monthly cost in the proposed size and the default region.',
      resolve: ({ runtime, weight }, _args, { installation }) => {
        if (runtime === 'remote') return NO_COST;
        const region = defaultRegion(installation);
        const { name, memoryMinMb } = proposedProcessor(weight, region);
        return monthlyCost(Math.max(DEFAULT_MEMORY_MB, memoryMinMb), region, name);
      },
    }),
    notes: t.exposeString('notes', { nullable: true, description: 'Further notes to read before deploying it.' }),
  }),
});
