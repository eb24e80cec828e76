import { builder } from '../builder.ts';

export const MachineSummaryType = builder.prismaObject('Machine', {
  name: 'MachineSummary',
  description: 'The machine that runs a deployment.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Name of the machine, unique within its app.' }),
    machineId: t.exposeString('machineId', {
      nullable: true,
      description: 'Id of the machine at Fly, or null until it is created.',
    }),
    app: t.exposeString('app', { description: 'The Fly app it belongs to.' }),
    state: t.exposeString('state', { nullable: true, description: "The state last seen, in Fly's words." }),
    region: t.exposeString('region', { description: 'Machine region.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was asked for.' }),
  }),
});
