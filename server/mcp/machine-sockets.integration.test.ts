import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { Dispatcher } from 'undici';
import { afterEach, expect, test } from 'vitest';
import { eventually } from '#deploy/eventually.testing.ts';
import { createMachineSockets, type MachineSockets } from './machine-sockets.ts';
import { type Listening, listen } from './test-rig.ts';

let machine: Listening;
let sockets: MachineSockets;
let seen = { unused: 0, accepted: 0, connected: 0 };

async function open(answer: (path: string, res: ServerResponse) => void): Promise<void> {
  const counts = { unused: 0, accepted: 0, connected: 0 };
  seen = counts;
  machine = await listen((req, res) => answer(req.url ?? '', res));
  machine.server.on('connection', (socket) => {
    counts.accepted += 1;
    counts.connected += 1;
    socket.on('close', () => {
      counts.connected -= 1;
    });
  });
  sockets = createMachineSockets(machine.origin, { pipelining: 1 }, () => {
    counts.unused += 1;
  });
}
afterEach(async () => {
  await sockets.destroy();
  await machine.close();
});

/** One request; resolves with what was answered, or rejects with why nothing was. */
function ask(path: string, headers: string[] = []): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const handler: Dispatcher.DispatchHandler = {
      onRequestStart: () => {},
      onResponseStart: () => {},
      onResponseData: (_controller, chunk) => {
        text += chunk.toString();
      },
      onResponseEnd: () => setImmediate(() => setImmediate(resolve, text)), // a turn later its socket is free
      onResponseError: (_controller, error) => reject(error),
    };
    sockets.dispatch({ method: 'GET', path, headers }, handler);
  });
}

test('requests in turn share one socket; requests at once have one each, however many streams are open', async () => {
  const streams: ServerResponse[] = [];
  await open((path, res) => {
    if (path === '/stream') streams.push(res.writeHead(200));
    else res.end(path);
  });
  for (const path of ['/a', '/b', '/c']) expect(await ask(path)).toBe(path);
  expect(seen.accepted).toBe(1);
  const streamed = Array.from({ length: 20 }, () => ask('/stream'));
  await eventually('all streams are open', () => streams.length === 20);
  expect(await Promise.all([ask('/d'), ask('/e')])).toEqual(['/d', '/e']);
  expect(seen.accepted).toBe(22);
  expect(await ask('/f')).toBe('/f');
  expect(seen.accepted).toBe(22);
  for (const stream of streams) stream.end('over');
  expect(await Promise.all(streamed)).toEqual(Array(20).fill('over'));
});

test('a socket that the machine closed is not used again', async () => {
  await open((path, res) => res.end(path));
  await ask('/a');
  machine.server.closeIdleConnections();
  await eventually('the socket is gone', () => seen.unused === 1);
  expect(await ask('/b')).toBe('/b');
  expect(seen.accepted).toBe(2);
});

test('closing ends idle sockets at once and lets requests under way finish', async () => {
  let answer = () => {};
  await open((path, res) => {
    if (path === '/slow') answer = () => res.end('slow');
    else res.end(path);
  });
  const slow = ask('/slow');
  await once(machine.server, 'request');
  await ask('/a');
  expect(seen.connected).toBe(2);
  const closed = sockets.close();
  await eventually('the idle socket is closed', () => seen.connected === 1);
  answer();
  expect(await slow).toBe('slow');
  await closed;
  await eventually('the other socket is closed', () => seen.connected === 0);
});

test('reports a request that undici refuses and an absent machine once, and leaves nothing behind', async () => {
  await open((path, res) => res.end(path));
  await expect(ask('/a', ['bad name', 'x'])).rejects.toThrow('invalid header key');
  expect(seen.unused).toBe(1);
  await machine.close();
  await expect(ask('/a')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  await eventually('the socket of the client is closed', () => seen.unused === 2);
});
