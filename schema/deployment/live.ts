import type { LiveMachine } from '#server/domain/deployments/live-machine.ts';
import { builder } from '../builder.ts';
import { DeploymentType } from './deployment.ts';

const MEGABYTE = 1024 * 1024;
const inMegabytes = (bytes: number | null): number | null => (bytes === null ? null : Math.round(bytes / MEGABYTE));

const LiveClientType = builder.objectRef<LiveMachine['clients'][number]>('LiveClient').implement({
  description: 'A client program with open sessions, by its own account.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Name of the program.' }),
    version: t.exposeString('version', { description: 'Version of the program.' }),
    sessions: t.exposeInt('sessions', { description: 'Number of its open sessions.' }),
  }),
});

const LiveMachineType = builder.objectRef<LiveMachine>('LiveMachine').implement({
  description: 'Figures of a machine at this moment, at most a second old.',
  fields: (t) => ({
    sessions: t.exposeInt('sessions', { description: 'Number of open MCP sessions.' }),
    clients: t.expose('clients', {
      type: [LiveClientType],
      description: 'Clients with open sessions; clients of MCP 2026-07-28 have none.',
    }),
    memoryUsedMb: t.int({
      nullable: true,
      description: "Memory of the server's processes in MB; null where it cannot be measured.",
      resolve: ({ usedBytes }) => inMegabytes(usedBytes),
    }),
    memoryTotalMb: t.int({
      nullable: true,
      description: 'Memory of the machine in MB; on this computer, that of the computer.',
      resolve: ({ totalBytes }) => inMegabytes(totalBytes),
    }),
    processorWithheld: t.float({
      nullable: true,
      description: 'Part of the last five minutes for which the processor was withheld, 0 to 1; null without a limit.',
      resolve: ({ withheld }) => withheld,
    }),
  }),
});

builder.prismaObjectFields(DeploymentType, (t) => ({
  live: t.field({
    type: LiveMachineType,
    nullable: true,
    description: 'Figures of the machine that serves; null while none serves, and if it does not answer in time.',
    select: { id: true },
    resolve: ({ id }, _args, { services }) => services.liveMachines.read(id),
  }),
}));
