import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterEach, expect, test } from 'vitest';
import { eventually } from '#deploy/eventually.testing.ts';
import { createRig, listen, MACHINE_ID, type Rig, type RigOptions } from '../test-rig.ts';

let rig: Rig | null = null;
afterEach(async () => {
  await rig?.close();
  rig = null;
});

type Opened = { req: IncomingMessage; res: ServerResponse; body: string };

/** A machine that opens an event stream for each request, and what was opened there. */
async function open(options: Partial<RigOptions> = {}) {
  const opened: Opened[] = [];
  let closed = 0;
  const machine = (req: IncomingMessage, res: ServerResponse) => {
    const chunks: Buffer[] = [];
    req.on('data', (chunk: Buffer) => chunks.push(chunk));
    req.on('end', () => {
      res.on('close', () => {
        closed += 1;
      });
      res.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
      opened.push({ req, res, body: Buffer.concat(chunks).toString() });
    });
  };
  rig = await createRig({ machine, ...options });
  return { rig, opened, closed: () => closed };
}

/** Reads a stream as it comes; `ended` tells how it ended. */
function reading(response: Response) {
  const seen = { text: '', ended: null as 'whole' | 'cut' | null };
  const read = async () => {
    for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) seen.text += chunk;
  };
  read().then(
    () => {
      seen.ended = 'whole';
    },
    () => {
      seen.ended = 'cut';
    },
  );
  return seen;
}

const SESSION = { 'mcp-session-id': `${MACHINE_ID}.s1`, accept: 'text/event-stream' };
const LISTEN = {
  jsonrpc: '2.0',
  id: 'l1',
  method: 'subscriptions/listen',
  params: { notifications: { toolsListChanged: true } },
};
const LISTEN_HEADERS = { 'mcp-method': 'subscriptions/listen', 'mcp-protocol-version': '2026-07-28' };

test('a GET stream is parked while its machine sleeps, and goes on behind the last event', async () => {
  const { rig, opened, closed } = await open();
  const seen = reading(await rig.fetch({ headers: SESSION }));
  await eventually('it is open', () => opened.length === 1);
  opened[0]?.res.write('id: 0_4\ndata: {"n":1}\n\nid: 0_5\ndata: {"ha');
  await eventually('the event came', () => seen.text.includes('{"n":1}'));

  rig.change({ status: 'ASLEEP' });
  await eventually('the machine is let go of', () => closed() === 1 && rig.endpoint.parkedCount() === 1);
  expect(seen).toEqual({ text: 'id: 0_4\ndata: {"n":1}\n\n', ended: null });

  rig.change({ status: 'RUNNING' });
  await eventually('it is open again', () => opened.length === 2);
  expect(opened[1]?.req.headers).toMatchObject({ 'last-event-id': '0_4', 'mcp-session-id': 's1' });
  opened[1]?.res.write('id: 0_5\ndata: {"n":2}\n\n');
  await eventually('the next event came', () => seen.text.endsWith('{"n":2}\n\n'));
  expect(rig.endpoint.parkedCount()).toBe(0);
  expect(seen.ended).toBeNull();
  opened[1]?.res.end();
  await eventually('it ends with its machine', () => seen.ended === 'whole');
});

test('subscriptions/listen is parked with its request, and acknowledged once', async () => {
  const { rig, opened } = await open();
  const seen = reading(await rig.post(LISTEN, LISTEN_HEADERS));
  await eventually('it is open', () => opened.length === 1);
  const acknowledged = 'data: {"method":"notifications/subscriptions/acknowledged"}\n\n';
  opened[0]?.res.write(acknowledged);
  await eventually('it is acknowledged', () => seen.text === acknowledged);
  for (const round of [1, 2]) {
    rig.change({ status: 'ASLEEP' });
    await eventually('it is parked', () => rig.endpoint.parkedCount() === 1);
    rig.change({ status: 'RUNNING' });
    await eventually('it is open again', () => opened.length === 1 + round);
    expect(JSON.parse(opened[round]?.body ?? '')).toEqual(LISTEN);
    opened[round]?.res.write(`:\n\n${acknowledged}data: {"round":${round}}\n\n`);
    await eventually('its events come', () => seen.text.includes(`{"round":${round}}`));
  }
  expect(seen.text.split('acknowledged')).toHaveLength(2);
});

test('a GET stream that is opened while the machine sleeps wakes nothing, and joins its machine later', async () => {
  let woken = 0;
  const wake = async () => {
    woken += 1;
  };
  const { rig, opened } = await open({ route: { status: 'ASLEEP', current: null }, deps: { wake } });
  const response = await rig.fetch({ headers: { ...SESSION, 'last-event-id': '0_9' } });
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('text/event-stream');
  expect(response.headers.get('x-content-type-options')).toBe('nosniff');
  expect([woken, opened.length, rig.endpoint.parkedCount()]).toEqual([0, 0, 1]);
  rig.change({ status: 'RUNNING', current: rig.target });
  await eventually('it is opened', () => opened.length === 1);
  expect(opened[0]?.req.headers['last-event-id']).toBe('0_9');
});

test('a stream whose machine goes before the message about its sleep came is parked', async () => {
  const { rig, opened } = await open();
  const seen = reading(await rig.fetch({ headers: SESSION }));
  await eventually('it is open', () => opened.length === 1);
  rig.changeUnheard({ status: 'ASLEEP' });
  opened[0]?.res.destroy();
  await eventually('it is parked', () => rig.endpoint.parkedCount() === 1);
  expect(seen.ended).toBeNull();
});

test('a stream whose session the machine does not know any more ends, so that its client initializes again', async () => {
  let isKnown = true;
  const { rig } = await open({
    machine: (_req, res) => {
      if (isKnown) res.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
      else res.writeHead(404, { 'content-type': 'application/json' }).end('{}');
    },
  });
  const seen = reading(await rig.fetch({ headers: SESSION }));
  rig.change({ status: 'ASLEEP' });
  await eventually('it is parked', () => rig.endpoint.parkedCount() === 1);
  isKnown = false;
  rig.change({ status: 'RUNNING' });
  await eventually('it ends', () => seen.ended === 'whole');
  expect((await rig.fetch({ headers: SESSION })).status).toBe(404);
});

test('sessions of a machine that was replaced while it slept are found at the one that took them over', async () => {
  const seen: (string | undefined)[] = [];
  const next = await listen((req, res) => {
    seen.push(req.headers['mcp-session-id']?.toString());
    res.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
  });
  const { rig, opened } = await open();
  const client = reading(await rig.fetch({ headers: SESSION }));
  await eventually('it is open', () => opened.length === 1);
  rig.change({ status: 'ASLEEP' });
  await eventually('it is parked', () => rig.endpoint.parkedCount() === 1);
  const current = { ...rig.target, machineId: 'next', origin: next.origin };
  rig.change({ status: 'RUNNING', current, formerMachineIds: [MACHINE_ID] });
  await eventually('it is opened there', () => seen.length === 1);
  expect(seen).toEqual(['s1']);
  expect(client.ended).toBeNull();
  await next.close();
});

test.each([
  ['the deployment is stopped', (rig: Rig) => rig.change({ status: 'STOPPED' })],
  ['the deployment is deleted', (rig: Rig) => rig.remove()],
  ['its token is revoked', (rig: Rig) => rig.change({ tokens: [] })],
])('a parked stream ends when %s', async (_what, change) => {
  const { rig } = await open({ route: { status: 'ASLEEP' } });
  const seen = reading(await rig.fetch({ headers: SESSION }));
  expect(rig.endpoint.parkedCount()).toBe(1);
  change(rig);
  await eventually('it ends', () => seen.ended !== null && rig.endpoint.parkedCount() === 0);
});

test('an instance that stops ends parked streams as a server ends them', async () => {
  const { rig, opened } = await open();
  const get = reading(await rig.fetch({ headers: SESSION }));
  const listening = reading(await rig.post(LISTEN, LISTEN_HEADERS));
  await eventually('both are open', () => opened.length === 2);
  rig.change({ status: 'ASLEEP' });
  await eventually('both are parked', () => rig.endpoint.parkedCount() === 2);
  await rig.endpoint.drain(1_000);
  await eventually('both end', () => get.ended === 'whole' && listening.ended === 'whole');
  expect(listening.text).toContain('"id":"l1","result":{"resultType":"complete"');
  expect(rig.endpoint.count()).toBe(0);
});

test('with the switch off a stream stays with its machine, and one for a sleeping machine wakes it', async () => {
  let woken = 0;
  const wake = async () => {
    woken += 1;
  };
  const { rig, opened } = await open({ route: { answersWhileAsleep: false }, deps: { wake } });
  const seen = reading(await rig.fetch({ headers: SESSION }));
  await eventually('it is open', () => opened.length === 1);
  rig.change({ status: 'ASLEEP' });
  opened[0]?.res.write('data: {"half":');
  await eventually('bytes pass as they come', () => seen.text === 'data: {"half":');
  const second = rig.fetch({ headers: SESSION });
  await eventually('the machine is woken', () => woken === 1);
  rig.change({ status: 'RUNNING' });
  expect((await second).status).toBe(200);
  expect(rig.endpoint.parkedCount()).toBe(0);
});
