import {
  DEFAULT_MEMORY_MB,
  MACHINE_SIZES,
  type MachineSize,
  type MonthlyCost,
  monthlyCost,
  type Region,
  regionsOf,
} from '#server/domain/catalog.ts';
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
      description: 'Its list price.',
      args: {
        region: t.arg.string({ required: false, description: 'Code of a region; the default one when not given.' }),
      },
      resolve: (size, { region }, { installation }) =>
        monthlyCost(size.memoryMb, region ?? regionsOf(installation.machines)[0]?.code ?? ''),
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
  regions: t.field({
    type: [RegionType],
    description: 'The regions to choose from; the first is the default.',
    resolve: (_root, _args, { installation }) => [...regionsOf(installation.machines)],
  }),
}));
