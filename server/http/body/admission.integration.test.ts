import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import express from 'express';
import { afterEach, expect, test } from 'vitest';
import { type Listening, listen } from '../../mcp/test-rig.ts';
import { type BodyTimes, createBodyAdmission } from './admission.ts';

const BODIES_PER_NETWORK = 64;
const sockets: Socket[] = [];
let server: Listening;
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await server.close();
});

/** A server that reads bodies as text and takes the caller's address from a header. */
async function start(times?: BodyTimes) {
  const app = express();
  const admission = createBodyAdmission((req) => String(req.headers['x-address'] ?? 'unknown'), times);
  app.use(admission.admit, express.text({ type: () => true }), (req, res) => void res.json({ read: req.body ?? null }));
  server = await listen(app);
}

/** Sends the head of a POST and the beginning of its body. */
function post(address: string, length: number, begun: string): Promise<{ socket: Socket; answer: Promise<string> }> {
  const socket = connect(server.port, '127.0.0.1');
  sockets.push(socket);
  let text = '';
  socket.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  socket.on('error', () => {}); // the server ends it
  const answer = once(socket, 'close').then(() => text);
  return new Promise((resolve) => {
    socket.write(
      `POST / HTTP/1.1\r\nHost: x\r\nX-Address: ${address}\r\nContent-Length: ${length}\r\nConnection: close\r\n\r\n${begun}`,
      () => resolve({ socket, answer }),
    );
  });
}

test('ends a body that does not arrive in time, with a sentence', async () => {
  await start({ smallMs: 50, largeMs: 50 });
  const { answer } = await post('203.0.113.1', 10, 'abc');
  expect(await answer).toMatch(/^HTTP\/1\.1 408 [\s\S]*did not arrive in time/);
});

test('reads a body whose parts arrive in time', async () => {
  await start();
  const { socket, answer } = await post('203.0.113.1', 6, 'abc');
  socket.write('def');
  expect(await answer).toMatch(/^HTTP\/1\.1 200 [\s\S]*"abcdef"/);
});

test('bounds how many bodies of one network arrive at once, and leaves other networks alone', async () => {
  await start();
  const slow = await Promise.all(
    Array.from({ length: BODIES_PER_NETWORK }, (_, n) => post(`2001:db8:1:2::${n}`, 10, 'abc')),
  );
  const statusOf = async (address: string) => {
    const answer = await fetch(server.origin, { method: 'POST', headers: { 'x-address': address }, body: 'x' });
    await answer.text();
    return answer.status;
  };
  await expect.poll(() => statusOf('2001:db8:1:2::ffff')).toBe(429);
  expect(await statusOf('2001:db8:1:3::1')).toBe(200);
  expect((await fetch(server.origin, { headers: { 'x-address': '2001:db8:1:2::1' } })).status).toBe(200);
  for (const { socket } of slow) socket.destroy();
  await expect.poll(() => statusOf('2001:db8:1:2::ffff')).toBe(200);
});
