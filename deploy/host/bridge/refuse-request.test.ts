import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { responseOf } from '../../response.testing.ts';
import { refuseRequest } from './refuse-request.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterEach(() => void vi.useRealTimers());

const refuse = (method = 'POST') => {
  const client = responseOf();
  client.request.method = method;
  refuseRequest(client.request, client.response, 406, 'No.', { headers: { 'retry-after': '9' } });
  /** The error that was sent; null while none was. */
  const sent = () => (client.response.writableEnded ? JSON.parse(client.body()) : null);
  const push = (chunk: string | null) => {
    client.request.push(chunk);
    return new Promise(setImmediate);
  };
  return { ...client, sent, push };
};

test('a request is refused under its id, once its body has come', async () => {
  const { push, sent, response, head } = refuse();
  await push('{"jsonrpc":"2.0","id":7,');
  expect(sent()).toBeNull();
  await push('"method":"a"}');
  await push(null);
  expect(sent()).toMatchObject({ id: 7, error: { message: 'No.' } });
  expect([response.statusCode, head()]).toEqual([406, expect.stringContaining('retry-after: 9')]);
});

test('of a body above 64 kB the beginning counts, and its end is not waited for', async () => {
  const { push, sent } = refuse();
  await push(`{"jsonrpc":"2.0","id":7,"method":"a","params":"${'x'.repeat(65_536)}`);
  expect(sent()).toMatchObject({ id: 7 });
});

test('a body that does not come is waited for five seconds', async () => {
  const { push, sent } = refuse();
  await push('{"jsonrpc":"2.0","id":7,"method":"a"');
  vi.advanceTimersByTime(4_999);
  expect(sent()).toBeNull();
  vi.advanceTimersByTime(1);
  expect(sent()).toMatchObject({ id: null });
});

test('a client that leaves is answered once, and leaves no timer behind', async () => {
  const { request, sent } = refuse();
  request.emit('close');
  expect(sent()).toMatchObject({ id: null });
  expect(vi.getTimerCount()).toBe(0);
});

test.each(['GET', 'DELETE'])('%s has no message, and is refused at once', (method) => {
  expect(refuse(method).sent()).toMatchObject({ id: null });
});

test('beyond a thousand bodies that are read only to be refused, requests are refused without their id', () => {
  const waiting = Array.from({ length: 1_000 }, () => refuse());
  expect(waiting.at(-1)?.sent()).toBeNull();
  expect(refuse().sent()).toMatchObject({ id: null });
  for (const { request } of waiting) request.emit('close');
  expect(refuse().sent()).toBeNull();
});
