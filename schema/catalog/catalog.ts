import {
  DEFAULT_MEMORY_MB,
  MACHINE_SIZES,
  type MachineSize,
  type MonthlyCost,
  monthlyCost,
  type Region,
  regionsOf,
} from '#server/domain/catalog.ts';
import { DEFAULT_PROCESSOR, PROCESSORS, type Processor } from '#server/domain/processors.ts';
import { builder } from '../builder.ts';

export const MonthlyCostType = builder.objectRef<MonthlyCost>('MonthlyCost').implement({
  description: 'The list price of a machine for 30 days.',
  fields: (t) => ({
    alwaysOn: t.exposeFloat('alwaysOn', { description: 'When it never sleeps.' }),
    withSleep: t.exposeFloat('withSleep', { description: 'When it sleeps while idle: awake for about an hour a day.' }),
    currency: t.exposeString('currency', { description: 'ISO 4217.' }),
    asOf: t.expose('asOf', { type: 'DateTime', description: 'When these prices were looked up.' }),
  }),
});

const MachineSizeType = builder.objectRef<MachineSize>('MachineSize').implement({
  description: 'A size of machine.',
  fields: (t) => ({
    memoryMb: t.exposeInt('memoryMb', { description: 'Memory in MB; what `memoryMb` takes.' }),
    name: t.exposeString('name', { description: 'Display name of the size.' }),
    isDefault: t.boolean({
      description: 'True for the size that a deployment gets when none is chosen.',
      resolve: ({ memoryMb }) => memoryMb === DEFAULT_MEMORY_MB,
    }),
    monthlyCost: t.field({
      type: MonthlyCostType,
      description: 'List price of the machine size.',
      args: {
        region: t.arg.string({ required: false, description: 'Code of a region; the default one when not given.' }),
        processor: t.arg.string({
          required: false,
          description: 'Name of a processor; the default one when not given.',
        }),
      },
      resolve: (size, { region, processor }, { installation }) =>
        monthlyCost(size.memoryMb, region ?? regionsOf(installation.machines)[0]?.code ?? '', processor ?? undefined),
    }),
  }),
});

export const ProcessorType = builder.objectRef<Processor>('Processor').implement({
  description: 'A processor that a machine can have.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'What `processor` takes.' }),
    cpus: t.exposeInt('cpus', { description: 'Number of cores that it can use at a time.' }),
    sustainedCores: t.exposeFloat('sustainedCores', {
      description: 'Cores of time that it may use for good. A shared one bursts above that for a while.',
    }),
    memoryMinMb: t.exposeInt('memoryMinMb', { description: 'The least memory that goes with it, in MB.' }),
    memoryMaxMb: t.exposeInt('memoryMaxMb', { description: 'The most memory that goes with it, in MB.' }),
    isDefault: t.boolean({
      description: 'True for the one that a deployment gets when its package is light and none is chosen.',
      resolve: ({ name }) => name === DEFAULT_PROCESSOR.name,
    }),
  }),
});

const RegionType = builder.objectRef<Region>('Region').implement({
  description: 'A place where machines run.',
  fields: (t) => ({
    code: t.exposeString('code', { description: 'What `region` takes.' }),
    name: t.exposeString('name', { description: 'The city.' }),
  }),
});

builder.queryFields((t) => ({
  machineSizes: t.field({
    type: [MachineSizeType],
    description: 'The sizes to choose from, smallest first.',
    resolve: () => [...MACHINE_SIZES],
  }),
  processors: t.field({
    type: [ProcessorType],
    description: 'The processors to choose from, slowest first; none where machines run on this computer.',
    resolve: (_root, _args, { installation }) => (installation.machines === 'local' ? [] : [...PROCESSORS]),
  }),
  regions: t.field({
    type: [RegionType],
    description: 'The regions to choose from; the first is the default.',
    resolve: (_root, _args, { installation }) => [...regionsOf(installation.machines)],
  }),
}));
