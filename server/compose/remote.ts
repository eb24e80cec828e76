import { buildConnector } from 'undici';
import type { FindFleet } from '#server/domain/deployments/reconcile/fleet.ts';
import type { Events } from '#server/domain/events.ts';
import { createSafeAgents, createSafeFetch } from '#server/domain/outbound/safe-fetch.ts';
import { createRemoteAccessTokens } from '#server/domain/remote-sign-in/access-tokens.ts';
import { createDescribe } from '#server/domain/remote-sign-in/describe.ts';
import { createRevokeLast } from '#server/domain/remote-sign-in/revoke.ts';
import { createRemoteSignIn, type RemoteSignInService } from '#server/domain/remote-sign-in/service.ts';
import type { SignInDeps } from '#server/domain/remote-sign-in/sign-in-deps.ts';
import { createRemoteMachines, withRemote } from '../machines/remote.ts';
import { createFindRemote } from '../remote/find-remote.ts';
import { openRemoteGateway } from '../remote/gateway.ts';
import type { Storage } from './storage.ts';

const CONNECT_MS_MAX = 5_000;

export type RemoteWiring = {
  storage: Pick<Storage, 'database' | 'envelopes'>;
  events: Events;
  clock: () => Date;
  /** Origins that may have a private address, or go without HTTPS. */
  trustedOrigins: readonly string[];
  /** How machines are dialled, where not as their address says. */
  connect: buildConnector.connector | undefined;
};

/** The gateway to servers that run elsewhere, and the fleet in which they are machines that are nothing but a row. */
export async function openRemote({ storage, events, clock, trustedOrigins, connect }: RemoteWiring) {
  const { database, envelopes } = storage;
  const { prisma } = database;
  const agents = createSafeAgents(trustedOrigins);
  const { fetch, close: closeFetch } = createSafeFetch(trustedOrigins);
  const trusted = new Set(trustedOrigins.map((url) => new URL(url).origin));
  const isTrusted = (url: string) => trusted.has(new URL(url).origin);
  const shared = { database, events, envelopes, fetch, isTrusted, now: clock };
  const accessTokens = createRemoteAccessTokens(shared);
  const gateway = await openRemoteGateway({
    find: createFindRemote({
      prisma,
      envelopes,
      nowMs: () => clock().getTime(),
      accessTokens,
      describe: createDescribe(shared),
    }),
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
    createSignIn: (rest: Pick<SignInDeps, 'publicUrl' | 'start'>): RemoteSignInService =>
      createRemoteSignIn({ ...shared, ...rest }),
    revokeLast: createRevokeLast(shared),
    close: async () => {
      await gateway.close();
      accessTokens.close();
      await Promise.all([agents.close(), closeFetch()]);
    },
  };
}
