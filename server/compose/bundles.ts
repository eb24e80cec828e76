import type { PrismaClient } from '#prisma/client.ts';
import type { Envelopes } from '#server/domain/credentials/envelope.ts';
import { openHostToken } from '#server/domain/deployments/rows/releases.ts';
import type { Log } from '../logging/log.ts';
import { createFindBundle } from '../mcp/bundles/find-bundle.ts';
import { openBundleGateway } from '../mcp/bundles/gateway.ts';
import { createMemberClient } from '../mcp/bundles/member-client.ts';
import { openMemberDoor } from '../mcp/bundles/member-door.ts';
import type { Endpoint } from '../mcp/endpoint-deps.ts';
import type { RouteTable } from '../mcp/route-table.ts';

export type BundleWiring = {
  prisma: PrismaClient;
  envelopes: Envelopes;
  endpoint: Pick<Endpoint, 'handleMember'>;
  routes: RouteTable;
  nowMs: () => number;
  log: Pick<Log, 'error'>;
};

/** The layer that merges the servers of bundles, between two ways through the endpoint. */
export async function openBundles({ prisma, envelopes, endpoint, routes, nowMs, log }: BundleWiring) {
  await using opened = new AsyncDisposableStack();
  const door = await openMemberDoor(endpoint.handleMember);
  opened.defer(door.close);
  const client = createMemberClient(door);
  opened.defer(client.close);
  const gateway = await openBundleGateway({
    find: createFindBundle({ prisma, openHostToken: (release) => openHostToken(envelopes, release) }),
    routes,
    client,
    nowMs,
    onError: (error, bundle) => log.error({ err: error, bundle }, 'A bundle failed.'),
  });
  opened.defer(gateway.close);
  const running = opened.move();
  return { port: gateway.port, close: () => running.disposeAsync() };
}
