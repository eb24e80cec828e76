import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterEach, expect, test, vi } from 'vitest';
import { eventually } from '#deploy/eventually.testing.ts';
import { createRig, type Rig, type RigOptions } from '../test-rig.ts';

let rig: Rig | null = null;
afterEach(async () => {
  vi.useRealTimers();
  await rig?.close();
  rig = null;
});

const CALL = {
  jsonrpc: '2.0',
  id: 'c1',
  method: 'tools/call',
  params: { name: 't', arguments: {}, _meta: { progressToken: 7 } },
};
const answerAs = (type: string, text: string) => (req: IncomingMessage, res: ServerResponse) => {
  req.resume();
  res.writeHead(200, { 'content-type': type }).end(text);
};

/** A held call whose client was notified of the wake. */
async function held(options: Partial<RigOptions> = {}) {
  const asleep = { loadOffer: async () => null, sessions: { open: async () => false, end: async () => {} } };
  rig = await createRig({
    machine: answerAs('application/json', '{"jsonrpc":"2.0",\n"id":"c1","result":{}}'),
    route: { status: 'ASLEEP' },
    ...options,
    deps: { asleep, ...options.deps },
  });
  const response = await rig.post(CALL);
  const reader = (response.body as ReadableStream<Uint8Array<ArrayBuffer>>)
    .pipeThrough(new TextDecoderStream())
    .getReader();
  const seen = { text: '', ended: false };
  const reading = (async () => {
    for (let part = await reader.read(); !part.done; part = await reader.read()) seen.text += part.value;
    seen.ended = true;
  })();
  await eventually('it is notified', () => seen.text.includes('waking up'));
  return { rig, response, seen, reading };
}
const messagesIn = (text: string) =>
  text
    .split('\n\n')
    .filter((event) => event.includes('data: '))
    .map((event) => JSON.parse(event.slice(event.indexOf('data: ') + 6)));

test('a held call that asked for progress is notified of the wake, and gets its answer as an event', async () => {
  const { rig, response, seen, reading } = await held();
  expect(response.headers.get('content-type')).toBe('text/event-stream');
  rig.change({ status: 'RUNNING' });
  await reading;
  expect(messagesIn(seen.text)).toEqual([
    {
      jsonrpc: '2.0',
      method: 'notifications/progress',
      params: { progressToken: 7, progress: -1, message: 'The server is waking up.' },
    },
    { jsonrpc: '2.0', id: 'c1', result: {} },
  ]);
});

test('events of the answer go on behind those of the wake', async () => {
  const event = 'data: {"jsonrpc":"2.0","id":"c1","result":{"n":1}}\n\n';
  const { rig, seen, reading } = await held({ machine: answerAs('text/event-stream', event) });
  rig.change({ status: 'RUNNING' });
  await reading;
  expect(messagesIn(seen.text).at(-1)).toMatchObject({ result: { n: 1 } });
});

test('a wake that takes too long, and one that fails, end the stream with an error under the id of the call', async () => {
  const late = await held({ deps: { wakeHoldMsMax: 1_200 } });
  await late.reading;
  expect(messagesIn(late.seen.text).at(-1)).toMatchObject({ id: 'c1', error: { data: { code: 'WAKING' } } });
  await late.rig.close();
  const failed = await held();
  failed.rig.change({ status: 'FAILED', failure: { code: 'CRASHED', message: 'It ended.' } });
  await failed.reading;
  expect(messagesIn(failed.seen.text).at(-1)).toMatchObject({ id: 'c1', error: { data: { code: 'CRASHED' } } });
});

test('a refusal of a held call whose body was read has its id', async () => {
  const asleep = { loadOffer: async () => null, sessions: { open: async () => false, end: async () => {} } };
  rig = await createRig({
    machine: answerAs('application/json', '{}'),
    route: { status: 'ASLEEP' },
    deps: { asleep, wakeHoldMsMax: 50 },
  });
  const { params, ...call } = CALL;
  const response = await rig.post({ ...call, params: { name: params.name } });
  expect(response.status).toBe(503);
  expect(await response.json()).toMatchObject({ id: 'c1', error: { data: { code: 'WAKING' } } });
});
