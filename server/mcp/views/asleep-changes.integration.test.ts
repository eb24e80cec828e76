import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually } from '#deploy/eventually.testing.ts';
import { createHostClient } from '#deploy/host-client.ts';
import type { Prisma } from '#prisma/generated/client/client.ts';
import { digestsOf, parseOffer } from '#server/domain/deployments/rows/offer.ts';
import { openLifecycle } from '#server/domain/deployments/testing/lifecycle.testing.ts';
import { packServer } from '#server/domain/deployments/testing/small-server.testing.ts';
import { checkRules } from '#server/domain/deployments/views/rules.ts';
import { changingServer } from '../parked/changing-server.testing.ts';
import { type ServedEndpoint, serveEndpoint } from '../parked/endpoint.testing.ts';

let world: Awaited<ReturnType<typeof openLifecycle>>;
let served: ServedEndpoint;
const host = createHostClient();
beforeAll(async () => {
  world = await openLifecycle({ healthIntervalMs: 1_000 });
  served = await serveEndpoint(world, {
    views: { give: (target, view, signal) => host.giveView(target, view, signal) },
  });
});
afterAll(async () => {
  await served.close();
  await host.close();
  expect([...world.errors, ...served.errors]).toEqual([]);
  await world.close();
});

const rulesOf = (tools: object) => checkRules({ tools }) as unknown as Prisma.InputJsonObject; // plain data

/** A sleeping deployment with a client that listens at a view which hides `change`. */
async function openAsleep(name: string) {
  const spec = await packServer(world.dataDir, name, changingServer(name));
  const id = await world.deploy(spec, {}, { sleepAfterMinutes: 1, access: 'PUBLIC' });
  await world.until(id, (row) => row?.status === 'RUNNING' && row.phase === null);
  const now = new Date();
  const made = { deploymentId: id, name: 'v', rules: rulesOf({ deny: ['change'] }), createdAt: now, updatedAt: now };
  const view = await world.prisma.view.create({ data: made });
  await world.events.publish(world.prisma, 'access', id);
  const changes: string[] = [];
  const client = new Client(
    { name: 'idle', version: '1' },
    {
      versionNegotiation: { mode: 'legacy' },
      listChanged: { tools: { autoRefresh: false, debounceMs: 0, onChanged: () => changes.push('tools') } },
    },
  );
  await eventually('the address of the view', async () => (await fetch(`${served.urlOf(id)}/v/v`)).status !== 404);
  await client.connect(new StreamableHTTPClientTransport(new URL(`${served.urlOf(id)}/v/v`)));
  await client.listTools();
  world.time.skip(61_000);
  const row = () => world.prisma.deployment.findUniqueOrThrow({ where: { id } });
  await eventually('it is asleep and at rest', async () => {
    const { status, nextCheckAt, leaseOwner } = await row();
    return status === 'ASLEEP' && nextCheckAt === null && leaseOwner === null;
  });
  await eventually('the stream is parked', () => served.endpoint.parkedCount() === 1);
  const setRules = async (tools: object) => {
    const data = { rules: rulesOf(tools), revision: { increment: 1 } };
    await world.prisma.view.update({ where: { id: view.id }, data });
    await world.events.publish(world.prisma, 'access', id);
  };
  /** Replaces texts in the lists that are kept of the release, as another handshake does. */
  const setLists = async (from: string, to: string) => {
    const { currentReleaseId } = await row();
    const where = { id: currentReleaseId ?? '' };
    const { offer: kept } = await world.prisma.release.findUniqueOrThrow({ where, select: { offer: true } });
    const offer = parseOffer(JSON.parse(JSON.stringify(kept).replaceAll(from, to)));
    if (offer === null) throw new Error('The release has no lists.');
    await world.prisma.release.update({ where, data: { offer, offerDigests: digestsOf(offer) } });
    await world.events.publish(world.prisma, 'deployment', id);
  };
  const names = async () => (await client.listTools()).tools.map((tool) => tool.name).sort();
  return { client, row, setRules, setLists, names, changes: () => changes.length };
}

test('a stream of a session in a view brings changed rules while the machine sleeps on', async () => {
  const { client, row, setRules, names, changes } = await openAsleep('rules');
  await setRules({ deny: ['chang*'] }); // other rules, the same tools
  await setRules({ deny: ['change', 'level'] });
  await eventually('the client is notified of the rules', () => changes() === 1);
  expect(await names()).toEqual(['pid']);
  expect((await row()).status).toBe('ASLEEP');
  await client.close();
  await eventually('the stream is gone', () => served.endpoint.parkedCount() === 0);
});

test('a stream of a session in a view brings changed rules after the machine woke up', async () => {
  const { client, setRules, names, changes } = await openAsleep('woken');
  await client.callTool({ name: 'pid', arguments: {} });
  await eventually('the stream is with its machine', () => served.endpoint.parkedCount() === 0);
  await setRules({ deny: ['change', 'level'] });
  await eventually('the client is notified of the rules', () => changes() === 1);
  expect(await names()).toEqual(['pid']);
  await client.close();
});

test('a view is notified of lists that changed during a sleep only if it shows them differently', async () => {
  const { client, setLists, names, changes } = await openAsleep('lists');
  const hidden = String.raw`\"change\"`;
  await setLists(hidden, String.raw`\"change\",\"title\":\"Hidden\"`);
  await setLists(String.raw`\"level\"`, String.raw`\"level\",\"title\":\"Shown\"`);
  await eventually('the client is notified of the tool that it sees', () => changes() === 1);
  expect(await names()).toEqual(['level', 'pid']);
  await client.close();
});
