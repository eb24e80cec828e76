import { buildConnector } from 'undici';
import type { PrismaClient } from '#prisma/client.ts';
import type { Envelopes } from '#server/domain/credentials/envelope.ts';
import type { FindFleet } from '#server/domain/deployments/reconcile/fleet.ts';
import { createSafeAgents } from '#server/domain/outbound/safe-fetch.ts';
import { createRemoteMachines, withRemote } from '../machines/remote.ts';
import { createFindRemote } from '../remote/find-remote.ts';
import { openRemoteGateway } from '../remote/gateway.ts';

const CONNECT_MS_MAX = 5_000;

export type RemoteWiring = {
  prisma: PrismaClient;
  envelopes: Envelopes;
  clock: () => Date;
  /** Origins that may have a private address, or go without HTTPS. */
  trustedOrigins: readonly string[];
  /** How machines are dialled, where not as their address says. */
  connect: buildConnector.connector | undefined;
};

/** The gateway to servers that run elsewhere, and the fleet in which they are machines that are nothing but a row. */
export async function openRemote({ prisma, envelopes, clock, trustedOrigins, connect }: RemoteWiring) {
  const agents = createSafeAgents(trustedOrigins);
  const gateway = await openRemoteGateway({
    find: createFindRemote({ prisma, envelopes, nowMs: () => clock().getTime() }),
    dispatcherFor: ({ href }) => agents.agentFor(href),
    now: clock,
  });
  const machines = createRemoteMachines({
    readState: async (machineId) =>
      (await prisma.machine.findFirst({ where: { machineId }, select: { state: true } }))?.state ?? null,
    writeState: async (machineId, state) => {
      await prisma.machine.updateMany({ where: { machineId }, data: { state } });
    },
  });
  return {
    connect: gateway.connector(connect ?? buildConnector({ allowH2: false, timeout: CONNECT_MS_MAX })),
    fleetsWith:
      (findFleet: FindFleet): FindFleet =>
      async (ownerId) =>
        withRemote(await findFleet(ownerId), machines),
    close: async () => {
      await gateway.close();
      await agents.close();
    },
  };
}
