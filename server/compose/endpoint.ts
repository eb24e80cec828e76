import type { IncomingMessage } from 'node:http';
import { BUNDLE_ORIGIN, machineHeaders, REMOTE_ORIGIN } from '#deploy/address.ts';
import type { HostClient } from '#deploy/host-client.ts';
import { createCallCollector } from '#server/domain/calls/collector.ts';
import type { SaveCallsDeps } from '#server/domain/calls/save-calls.ts';
import { saveCalls } from '#server/domain/calls/save-calls.ts';
import { readLock } from '#server/domain/deployments/definitions/read-lock.ts';
import { createAsleepSessions } from '#server/domain/deployments/intents/kept-session.ts';
import { createLook } from '#server/domain/deployments/intents/look.ts';
import { createWake } from '#server/domain/deployments/intents/wake.ts';
import { parseOffer } from '#server/domain/deployments/rows/offer.ts';
import { openHostToken } from '#server/domain/deployments/rows/releases.ts';
import type { Events } from '#server/domain/events.ts';
import { createFindBySlug } from '#server/domain/find-by-slug.ts';
import { networkOf } from '#server/domain/network.ts';
import { createUsageRecorder, type UsageRecorder } from '#server/domain/usage/recorder.ts';
import type { UsageService } from '#server/domain/usage/service.ts';
import type { Env } from '../env.ts';
import type { Log } from '../logging/log.ts';
import type { OAuthAuthority } from '../mcp/access.ts';
import { createEndpoint } from '../mcp/endpoint.ts';
import type { Endpoint } from '../mcp/endpoint-deps.ts';
import { createRouteLoader } from '../mcp/load-route.ts';
import { createOriginPolicy } from '../mcp/origin-policy.ts';
import type { ValuesDeps } from '../mcp/personal/give-values.ts';
import { createRateLimit } from '../mcp/rate-limit.ts';
import { createRouteTable } from '../mcp/route-table.ts';
import { createShortNames } from '../mcp/short-names.ts';
import type { Upstream } from '../mcp/upstream.ts';
import type { Metrics } from '../metrics/metrics.ts';
import type { Tracing } from '../tracing/tracing.ts';
import { openBundles } from './bundles.ts';
import type { Storage } from './storage.ts';

export type EndpointWiring = {
  env: Env;
  publicUrl: string;
  storage: Storage;
  events: Events;
  upstream: Upstream;
  usage: UsageService;
  host: SaveCallsDeps['host'] & Pick<HostClient, 'giveLock' | 'giveView'>;
  targetOf: SaveCallsDeps['targetOf'];
  oauth: OAuthAuthority;
  /** Opens and delivers callers' own values. */
  values: ValuesDeps;
  addressOf: (req: IncomingMessage) => string;
  clock: () => Date;
  metrics: Metrics | null;
  tracing: Tracing | null;
  log: Log;
};

const LOOPBACK_HOSTS = ['localhost', '127.0.0.1', '[::1]'];

/** The public endpoint with its cache of routes, its count of calls and the layer of bundles. */
export async function openEndpoint(
  wiring: EndpointWiring,
): Promise<{ endpoint: Endpoint; bundlePort: number; close(): Promise<void> }> {
  const { env, publicUrl, events, metrics, tracing, log } = wiring;
  const { envelopes, database } = wiring.storage;
  const { prisma } = database;
  const nowMs = () => wiring.clock().getTime();

  const routes = createRouteTable({
    load: createRouteLoader({
      prisma,
      openHostToken: (release) => openHostToken(envelopes, release),
      machineHeaders: ({ machineId, origin }) => headersAt(machineId, origin),
    }),
    events,
    nowMs,
    outageMsMax: env.DATABASE_OUTAGE_SECONDS * 1_000,
  });
  const recorder: UsageRecorder = createUsageRecorder({
    write: (batch) => wiring.usage.write(batch),
    nowMs,
    onError: (error) => log.error({ err: error }, 'Usage could not be saved.'),
  });
  const { host, targetOf } = wiring;
  const calls =
    env.CALL_LOG_DAYS === 0
      ? null
      : createCallCollector({
          prisma,
          events,
          save: (machine, signal) =>
            saveCalls({ prisma, events, envelopes, host, targetOf, onStored: tracing?.calls }, machine, signal),
          nowMs,
          onError: (error) => log.warn({ err: error }, 'Calls could not be collected yet.'),
        });
  const rateLimit = env.endpointRateLimit === null ? null : createRateLimit(env.endpointRateLimit);
  const endpoint = createEndpoint({
    routes,
    upstream: wiring.upstream,
    policy: createOriginPolicy({
      hosts: [...LOOPBACK_HOSTS, new URL(publicUrl).hostname],
      origins: [publicUrl, ...(env.CORS_ORIGINS ?? [])],
      loopbackOrigins: true,
    }),
    wake: createWake({ database, events, now: wiring.clock }),
    asleep: {
      loadOffer: async (id) => parseOffer((await prisma.release.findUnique({ where: { id } }))?.offer),
      sessions: createAsleepSessions(prisma),
    },
    look: createLook({ database, events, now: wiring.clock }),
    nowMs,
    oauth: wiring.oauth,
    values: wiring.values,
    lock: {
      read: (deploymentId) => readLock(prisma, deploymentId),
      give: (target, held, signal) => host.giveLock(target, held, signal),
    },
    views: { give: (target, view, signal) => wiring.host.giveView(target, view, signal) },
    rateLimit,
    record: metrics ? both(recorder.record, metrics.endpointCall) : recorder.record,
    calls,
    traces: tracing?.requests ?? null,
    addressOf: wiring.addressOf,
    onError: (error, deploymentId, requestId) =>
      log.error({ err: error, deploymentId, requestId }, 'The endpoint failed.'),
    ...(log.isLevelEnabled('debug') ? { trace: (call) => log.debug(call, 'call') } : {}),
  });
  metrics?.gauge('catwalk_endpoint_open', 'Calls and streams under way.', endpoint.count);
  metrics?.gauge('catwalk_endpoint_parked', 'Streams that stay open while their machines sleep.', endpoint.parkedCount);
  const bundles = await openBundles({ prisma, envelopes, endpoint, routes, nowMs, log });
  const withIdOf = createShortNames({
    find: createFindBySlug(prisma, wiring.clock),
    admits: async (req) =>
      rateLimit === null || (await rateLimit.consume(`look-up:${networkOf(wiring.addressOf(req))}`)) === null,
    nowMs,
  });
  const handle: Endpoint['handle'] = (req, res) => {
    const found = withIdOf(req);
    if (found === null) return endpoint.handle(req, res);
    const answer = () => endpoint.handle(req, res);
    // Without the database the address leads nowhere, as one that does not exist.
    found.then(answer, (error: unknown) => {
      log.error({ err: error }, 'A short name cannot be looked up.');
      answer();
    });
  };
  return {
    endpoint: { ...endpoint, handle },
    bundlePort: bundles.port,
    close: async () => {
      await endpoint.close();
      await bundles.close();
      routes.close();
      await recorder.close();
      await calls?.close();
    },
  };
}

/** Combines two listeners into one callback. */
export const both =
  <T>(first: (given: T) => void, second: (given: T) => void) =>
  (given: T): void => {
    first(given);
    second(given);
  };

/** Fly's proxy and the gateway to remote servers pick by a header; every other way leads to one machine alone. */
const headersAt = (machineId: string, origin: string): Record<string, string> => {
  if (origin === REMOTE_ORIGIN || origin === BUNDLE_ORIGIN) return machineHeaders('remote', machineId);
  return machineHeaders(/\.(?:fly\.dev|flycast)$/.test(new URL(origin).hostname) ? 'fly-proxy' : 'local', machineId);
};
