import type { Deployment } from '#prisma/generated/client/client.ts';
import { builder } from '../builder.ts';
import { EgressPolicyEnum } from '../enums.ts';
import { DeploymentType } from './deployment.ts';

const EgressType = builder
  .objectRef<Pick<Deployment, 'ownerId' | 'egress' | 'egressHosts' | 'egressReached'>>('Egress')
  .implement({
    description: 'What a server may reach over the network.',
    fields: (t) => ({
      policy: t.expose('egress', { type: EgressPolicyEnum, description: 'Network policy: what the server may reach.' }),
      hosts: t.exposeStringList('egressHosts', {
        description:
          'Listed hosts: a name, `*.` and a name for all names below it, or an address; with a port or without.',
      }),
      reached: t.exposeStringList('egressReached', {
        description:
          'Entries for what the server was seen to reach, up to 100, of which a list can be made. Seen only under PUBLIC and LISTED.',
      }),
      obstacle: t.string({
        nullable: true,
        description: 'Why only MACHINE can be chosen, and what to do about it. Null where each policy can be.',
        resolve: async ({ ownerId }, _args, { services }) => {
          const walls = await services.networkWallsOf(ownerId);
          return walls.works ? null : `${walls.reason} ${walls.hint}`.trim();
        },
      }),
    }),
  });

const ContainedActType = builder.prismaObject('ContainedAct', {
  description: 'An act of a server that a wall around its machine stopped.',
  fields: (t) => ({
    rule: t.exposeString('rule', {
      description:
        'The wall: EGRESS_NONE, EGRESS_NOT_LISTED, EGRESS_PRIVATE_ADDRESS, MEMORY_LIMIT, PROCESS_LIMIT or DISK_LIMIT.',
    }),
    subject: t.exposeString('subject', { description: 'What the server tried to reach, or the limit that it met.' }),
    entry: t.exposeString('entry', {
      nullable: true,
      description: 'The entry of `Egress.hosts` that would allow it. Null where none does.',
    }),
    count: t.exposeInt('count', { description: 'Number of denied attempts since the machine started.' }),
    firstAt: t.expose('firstAt', { type: 'DateTime', description: 'When it happened first.' }),
    lastAt: t.expose('lastAt', { type: 'DateTime', description: 'When it happened last.' }),
  }),
});

builder.prismaObjectFields(DeploymentType, (t) => ({
  egress: t.field({
    type: EgressType,
    description: 'What the server may reach over the network. A change makes a new release.',
    select: { ownerId: true, egress: true, egressHosts: true, egressReached: true },
    resolve: (deployment) => deployment,
  }),
  containedActs: t.relation('contained', {
    type: ContainedActType,
    description: 'Acts that walls around its machines have stopped: the latest 50 kinds, as of the last check.',
    query: { orderBy: { lastAt: 'desc' }, take: 50 },
  }),
}));
