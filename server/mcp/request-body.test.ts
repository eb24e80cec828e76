import { expect, test } from 'vitest';
import { responseOf } from '#deploy/response.testing.ts';
import { readBody } from './request-body.ts';

/** The body of a request whose first chunk has arrived, with every chunk that was looked at. */
function read({ stopAt = Number.POSITIVE_INFINITY } = {}) {
  const { request } = responseOf();
  const seen: string[] = [];
  const body = readBody(request, Buffer.from('first'), (chunk) => {
    seen.push(String(chunk));
    return seen.length < stopAt;
  });
  const next = async () => {
    const { value, done } = await body.next();
    return done ? null : String(value);
  };
  return { request, seen, body, next };
}
const settle = () => new Promise((resolve) => setImmediate(resolve));

test('gives the chunks in their order, each when the last one was taken', async () => {
  const { request, next, seen } = read();
  expect(await next()).toBe('first');
  const second = next();
  request.push('second');
  expect(await second).toBe('second');
  request.push('third');
  await settle();
  expect(seen).toEqual(['first', 'second']);
  expect(await next()).toBe('third');
  const last = next();
  request.push(null);
  expect(await last).toBeNull();
});

test('a body that has ended after its first chunk ends', async () => {
  const { request, next } = read();
  expect(await next()).toBe('first');
  request.push(null);
  expect(await next()).toBeNull();
});

test('a client that leaves in the middle of its request breaks the body off', async () => {
  const { request, next } = read();
  await next();
  const broken = next();
  request.emit('close');
  await expect(broken).rejects.toThrow('The client left in the middle of its request.');
});

test('a client that leaves after the end of its request breaks nothing off', async () => {
  const { request, next } = read();
  await next();
  const last = next();
  request.emit('end');
  request.emit('close');
  expect(await last).toBeNull();
});

test('a refused chunk ends the body, and what still comes is thrown away', async () => {
  const { request, next, seen } = read({ stopAt: 2 });
  await next();
  const refused = next();
  request.push('second');
  await expect(refused).rejects.toThrow('The body was refused.');
  request.push('third');
  await settle();
  expect([request.isPaused(), request.readableLength, seen]).toEqual([false, 0, ['first', 'second']]);
});

test('a body that is left early flows on', async () => {
  const { request, body, next, seen } = read();
  await next();
  await body.return(undefined);
  request.push('second');
  await settle();
  expect([request.readableLength, seen]).toEqual([0, ['first']]);
});
