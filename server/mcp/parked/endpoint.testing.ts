import type { PrismaClient } from '#prisma/client.ts';
import { createEnvelopes } from '#server/domain/credentials/envelope.ts';
import { parseKeyRing } from '#server/domain/credentials/key-ring.ts';
import { createAsleepSessions } from '#server/domain/deployments/intents/kept-session.ts';
import { parseOffer } from '#server/domain/deployments/rows/offer.ts';
import { openHostToken } from '#server/domain/deployments/rows/releases.ts';
import type { Events } from '#server/domain/events.ts';
import { createEndpoint } from '../endpoint.ts';
import type { EndpointDeps } from '../endpoint-deps.ts';
import { createRouteLoader } from '../load-route.ts';
import { createOriginPolicy } from '../origin-policy.ts';
import { createRouteTable } from '../route-table.ts';
import { listen } from '../test-rig.ts';
import { createUpstream } from '../upstream.ts';

export type ServedEndpoint = Awaited<ReturnType<typeof serveEndpoint>>;

/** One instance of the endpoint over the rows, events and machines of a world. */
export async function serveEndpoint(
  world: { prisma: PrismaClient; events: Events; wake: EndpointDeps['wake'] },
  deps: Partial<EndpointDeps> = {},
) {
  const { prisma, events } = world;
  const envelopes = createEnvelopes(parseKeyRing(Buffer.alloc(32, 7).toString('base64')));
  const nowMs = () => Date.now();
  const routes = createRouteTable({
    load: createRouteLoader({ prisma, openHostToken: (release) => openHostToken(envelopes, release) }),
    events,
    nowMs,
  });
  const upstream = createUpstream();
  const errors: unknown[] = [];
  const endpoint = createEndpoint({
    routes,
    upstream,
    policy: createOriginPolicy({ hosts: ['127.0.0.1'], origins: [], loopbackOrigins: true }),
    asleep: {
      loadOffer: async (id) => parseOffer((await prisma.release.findUnique({ where: { id } }))?.offer),
      sessions: createAsleepSessions(prisma),
    },
    wake: world.wake,
    nowMs,
    onError: (error) => errors.push(error),
    ...deps,
  });
  const front = await listen(endpoint.handle);
  return {
    endpoint,
    errors,
    urlOf: (deploymentId: string) => `${front.origin}/api/mcp/${deploymentId}`,
    close: async () => {
      await endpoint.close();
      await upstream.close();
      routes.close();
      await front.close();
    },
  };
}
