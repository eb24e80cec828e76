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

type Mode = 'legacy' | { pin: '2026-07-28' };

/** A client that listens for changes of the tools of a view. */
async function listenAt(url: string, mode: Mode) {
  const changes: string[] = [];
  const client = new Client(
    { name: 'idle', version: '1' },
    {
      versionNegotiation: { mode },
      listChanged: { tools: { autoRefresh: false, debounceMs: 0, onChanged: () => changes.push('tools') } },
    },
  );
  await eventually('the address of the view', async () => (await fetch(url)).status !== 404);
  await client.connect(new StreamableHTTPClientTransport(new URL(url)));
  await client.listTools();
  const names = async () => (await client.listTools()).tools.map((tool) => tool.name).sort();
  return { client, names, changes: () => changes.length };
}

/** A sleeping deployment with a client that listens at a view which hides `change`. */
async function openAsleep(name: string, mode: Mode = 'legacy', program = changingServer(name)) {
  const spec = await packServer(world.dataDir, name, program);
  const id = await world.deploy(spec, {}, { sleepAfterMinutes: 1, access: 'PUBLIC' });
  await world.until(id, (row) => row?.status === 'RUNNING' && row.phase === null);
  const now = new Date();
  const made = { deploymentId: id, createdAt: now, updatedAt: now };
  const rules = rulesOf({ deny: ['change'] });
  const view = await world.prisma.view.create({ data: { ...made, name: 'v', rules } });
  const narrowRules = rulesOf({ allow: ['pid'] });
  await world.prisma.view.create({ data: { ...made, name: 'narrow', rules: narrowRules } });
  await world.events.publish(world.prisma, 'access', id);
  const wide = await listenAt(`${served.urlOf(id)}/v/v`, mode);
  // The machine has room for one child: only a session stays while another view has it.
  const narrow = mode === 'legacy' ? await listenAt(`${served.urlOf(id)}/v/narrow`, mode) : null;
  const clients = narrow === null ? [wide] : [wide, narrow];
  world.time.skip(61_000);
  const row = () => world.prisma.deployment.findUniqueOrThrow({ where: { id } });
  await eventually('it is asleep and at rest', async () => {
    const { status, nextCheckAt, leaseOwner } = await row();
    return status === 'ASLEEP' && nextCheckAt === null && leaseOwner === null;
  });
  await eventually('the streams are parked', () => served.endpoint.parkedCount() === clients.length);
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
  const close = async () => {
    for (const { client } of clients) await client.close();
    await eventually('the streams are gone', () => served.endpoint.parkedCount() === 0);
  };
  return { ...wide, narrow, row, setRules, setLists, close };
}

const MODES = [
  ['a session', 'legacy'],
  ['MCP 2026-07-28', { pin: '2026-07-28' }],
] as const;
const suffix = (mode: Mode) => (typeof mode === 'string' ? mode : 'modern');

test.each(MODES)('a stream of %s in a view brings changed rules while the machine sleeps on', async (_what, mode) => {
  const { row, setRules, names, changes, narrow, close } = await openAsleep(`rules-${suffix(mode)}`, mode);
  await setRules({ deny: ['chang*'] }); // other rules, the same tools
  await setRules({ deny: ['change', 'level'] });
  await eventually('the client is notified of the rules', () => changes() === 1);
  expect((await row()).status).toBe('ASLEEP');
  expect(await names()).toEqual(['pid']);
  expect(narrow?.changes() ?? 0).toBe(0);
  await close();
});

test('a stream of a session in a view brings changed rules after the machine woke up', async () => {
  const { client, setRules, names, changes, close } = await openAsleep('woken');
  await client.callTool({ name: 'pid', arguments: {} });
  await eventually('the stream is with its machine', () => served.endpoint.parkedCount() === 0);
  await setRules({ deny: ['change', 'level'] });
  await eventually('the client is notified of the rules', () => changes() === 1);
  expect(await names()).toEqual(['pid']);
  await close();
});

test.each(MODES)(
  'a view hears of lists that changed during a sleep only if it shows them differently: %s',
  async (_what, mode) => {
    const { setLists, changes, narrow, close } = await openAsleep(`lists-${suffix(mode)}`, mode);
    await setLists(String.raw`\"change\"`, String.raw`\"change\",\"title\":\"Hidden\"`);
    await setLists(String.raw`\"level\"`, String.raw`\"level\",\"title\":\"Shown\"`);
    await eventually('the client is notified of the tool that it sees', () => changes() === 1);
    expect(narrow?.changes() ?? 0).toBe(0);
    await close();
  },
);

test.each(MODES)(
  'a client of %s in a view is notified of tools that a cold start brought, unless its view hides them',
  async (_what, mode) => {
    const name = `cold-${suffix(mode)}`;
    const program = changingServer(name).replace(
      'const tools = {',
      "const tools = {\n  ['t' + process.pid]: () => 'x',",
    );
    const { client, names, changes, narrow, close } = await openAsleep(name, mode, program);
    world.local.faults.add({ match: { action: 'resume' }, effect: { kind: 'lost-snapshot' } });
    await client.callTool({ name: 'pid', arguments: {} });
    await eventually('the client is notified of the change', () => changes() === 1);
    expect(await names()).toHaveLength(3);
    if (narrow !== null) expect(await narrow.names()).toEqual(['pid']);
    expect(narrow?.changes() ?? 0).toBe(0);
    await close();
  },
);
