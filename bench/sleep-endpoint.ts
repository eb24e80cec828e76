/**
 * The endpoint of `bench/sleep.ts` in a process of its own, with one deployment whose status follows stdin: a line `ASLEEP` or
 * `RUNNING`. Answers `memory` with the bytes after a collection, and `cpu` with the microseconds used so far.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import type { DeploymentStatus } from '#prisma/generated/client/enums.ts';
import { createEndpoint } from '#server/mcp/endpoint.ts';
import { createOriginPolicy } from '#server/mcp/origin-policy.ts';
import { createRouteTable } from '#server/mcp/route-table.ts';
import { createUpstream } from '#server/mcp/upstream.ts';

const ID = '11111111-2222-4333-8444-555555555555';
let status: DeploymentStatus = 'ASLEEP';

const routes = createRouteTable({
  load: async () => ({
    deploymentId: ID,
    ownerId: 'owner',
    name: 'Bench',
    status,
    phase: null,
    failure: null,
    access: 'PUBLIC',
    answersWhileAsleep: true,
    recordsBodies: false,
    tokens: [],
    releaseId: null,
    offerDigests: null,
    views: [],
    members: [],
    bundles: [],
    hasOffer: false,
    personal: null,
    lockVersion: 0,
    current: null,
    currentMachineId: 'bench',
    formerMachineIds: [],
    draining: [],
  }),
  events: { on: () => () => {}, onConnection: () => () => {} },
  nowMs: Date.now,
});
const all = 20_000;
const endpoint = createEndpoint({
  routes,
  upstream: createUpstream(),
  policy: createOriginPolicy({ hosts: ['127.0.0.1'], origins: [], loopbackOrigins: true }),
  wake: async () => {},
  nowMs: Date.now,
  caps: { perDeployment: all, perOwner: all, perNetwork: all, total: all },
  onError: console.error,
});
const server = createServer(endpoint.handle);
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo; // it listens on TCP
  console.log(JSON.stringify({ port, path: `/api/mcp/${ID}` }));
});

/** At rest: pages that a collection frees are given back a moment later. */
async function reportMemory(): Promise<void> {
  for (let times = 0; times < 3; times += 1) {
    globalThis.gc?.();
    await delay(1_000);
  }
  console.log(JSON.stringify({ bytes: process.memoryUsage().rss, parked: endpoint.parkedCount() }));
}

createInterface({ input: process.stdin })
  .on('line', (line) => {
    if (line === 'memory') {
      void reportMemory();
    } else if (line === 'cpu') {
      const { user, system } = process.cpuUsage();
      console.log(JSON.stringify({ microseconds: user + system }));
    } else {
      status = line === 'RUNNING' ? 'RUNNING' : 'ASLEEP';
      routes.invalidate(ID);
    }
  })
  .on('close', () => process.exit());
