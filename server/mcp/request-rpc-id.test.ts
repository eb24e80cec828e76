import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { responseOf } from '#deploy/response.testing.ts';
import { drainRequest, readRpcId } from './request-rpc-id.ts';

const CHUNK_BYTES = 64 * 1024;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const send = (...chunks: (string | Buffer)[]) => {
  const { request } = responseOf();
  const id = readRpcId(request);
  for (const chunk of chunks) request.push(chunk);
  return { request, id };
};
const idOf = async (text: string) => {
  const { request, id } = send(text);
  request.push(null);
  return id;
};

test.each([
  ['{"method":"a","id":7}', 7],
  ['{"id":"x","method":"a"}', 'x'],
  ['{"id":7}', null],
  ['{"method":"a"}', null],
  ['{"method":"a","id":true}', null],
  ['[{"method":"a","id":7}]', null],
  ['null', null],
  ['7', null],
  ['{"method":"a","id":7', null],
])('the id of %s is %j', async (text, expected) => {
  expect(await idOf(text)).toBe(expected);
});

test('of a body above 64 kB the beginning is read, and its end is not waited for', async () => {
  const beginning = '{"id":7,"method":"a","params":"';
  expect(await send(beginning, Buffer.alloc(CHUNK_BYTES, 'x')).id).toBe(7);
  expect(await idOf(`${beginning}${'x'.repeat(CHUNK_BYTES - beginning.length - 2)}"}`)).toBe(7);
});

test('waits five seconds for the body, and reads what is there when it breaks off', async () => {
  const { id } = send('{"id":7,"method":"a",');
  let found: unknown = 'waiting';
  void id.then((value) => {
    found = value;
  });
  await vi.advanceTimersByTimeAsync(4_999);
  expect(found).toBe('waiting');
  await vi.advanceTimersByTimeAsync(1);
  expect(found).toBe(7);
  const broken = send('{"id":8,"method":"a",');
  await vi.advanceTimersByTimeAsync(0);
  broken.request.emit('close');
  expect(await broken.id).toBe(8);
});

test('leaves no timer and no listener behind', async () => {
  const { request, id } = send('{"id":7,"method":"a"}');
  request.push(null);
  await id;
  expect(vi.getTimerCount()).toBe(0);
  expect(['data', 'end', 'close'].map((event) => request.listenerCount(event))).toEqual([0, 0, 0]);
});

test('a request whose body was read, or whose client left, has no id', async () => {
  const { request } = send();
  request.destroy();
  expect(await readRpcId(request)).toBeNull();
  const read = responseOf().request;
  read.push(null);
  read.resume();
  await vi.advanceTimersByTimeAsync(0);
  expect(await readRpcId(read)).toBeNull();
});

test('reads a thousand bodies at once, and refuses more without their id', async () => {
  const waiting = Array.from({ length: 1_000 }, () => send());
  expect(await idOf('{"id":7,"method":"a"}')).toBeNull();
  waiting[0]?.request.push(null);
  await waiting[0]?.id;
  expect(await idOf('{"id":7,"method":"a"}')).toBe(7);
  for (const { request } of waiting) request.push(null);
  await Promise.all(waiting.map(({ id }) => id));
});

test('after a refusal, what still arrives is thrown away for ten seconds', async () => {
  const { request } = responseOf();
  drainRequest(request);
  request.push('rest');
  await vi.advanceTimersByTimeAsync(9_999);
  expect([request.destroyed, request.readableLength]).toEqual([false, 0]);
  await vi.advanceTimersByTimeAsync(1);
  expect(request.destroyed).toBe(true);
});

test('a body that is complete, or that ends, needs no time limit', () => {
  const complete = responseOf().request;
  complete.complete = true;
  drainRequest(complete);
  expect(vi.getTimerCount()).toBe(0);
  const ending = responseOf().request;
  drainRequest(ending);
  expect(vi.getTimerCount()).toBe(1);
  ending.emit('close');
  expect(vi.getTimerCount()).toBe(0);
});
