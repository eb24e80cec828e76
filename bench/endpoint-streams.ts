/**
 * Measures the cost of open event streams: opens BENCH_STREAMS of them (5,000) through the endpoint, then lets the machine send one
 * event to all. Prints the memory per stream and how long it took until everyone had it.
 */
import { readFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { endAll, startServer } from './endpoint-contest.ts';
import { recordFigure } from './figures.ts';

const STREAMS = Number(process.env['BENCH_STREAMS'] ?? 5_000);
const AT_ONCE = 100;

async function residentMegabytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1_024;
}

/** Resolves when the next bytes contain `text`. */
const next = (socket: Socket, text: string): Promise<void> =>
  new Promise((resolve, reject) => {
    let seen = '';
    const onData = (chunk: Buffer) => {
      seen += chunk.toString('latin1');
      if (!seen.includes(text)) return;
      socket.off('data', onData);
      resolve();
    };
    socket.on('data', onData).once('close', () => reject(new Error(`A stream ended after: ${seen.slice(0, 200)}`)));
  });

async function main(): Promise<void> {
  const upstream = await startServer('upstream');
  const { origin, path: where, token, pids } = await startServer('front', upstream.origin);
  const [pid = 0] = pids;
  const { hostname, port } = new URL(origin);
  const head = `GET ${where} HTTP/1.1\r\nHost: ${hostname}\r\nAccept: text/event-stream\r\nAuthorization: Bearer ${token}\r\n\r\n`;
  const before = await residentMegabytes(pid);
  const sockets: Socket[] = [];
  const startedAt = performance.now();
  while (sockets.length < STREAMS) {
    const batch = Array.from({ length: Math.min(AT_ONCE, STREAMS - sockets.length) }, () =>
      connect(Number(port), hostname),
    );
    sockets.push(...batch);
    await Promise.all(
      batch.map((socket) => {
        const opened = next(socket, 'text/event-stream');
        socket.write(head);
        return opened;
      }),
    );
  }
  const openedMs = performance.now() - startedAt;
  const after = await residentMegabytes(pid);
  const all = Promise.all(sockets.map((socket) => next(socket, '"tick"')));
  const sentAt = performance.now();
  await fetch(`${upstream.origin}/tick`, { method: 'POST' });
  await all;
  const reachedMs = performance.now() - sentAt;
  recordFigure(`${STREAMS} streams: memory each`, ((after - before) * 1_024) / STREAMS, 'kB');
  recordFigure(`${STREAMS} streams: one event to all`, reachedMs, 'ms');
  console.log(`\n${STREAMS} open streams, Node ${process.version}\n`);
  console.log('| | |\n|---|---|');
  console.log(`| opening all | ${(openedMs / 1_000).toFixed(1)} s |`);
  console.log(`| memory of the endpoint's process, before and after | ${before.toFixed(0)} → ${after.toFixed(0)} MB |`);
  console.log(`| memory per stream | ${(((after - before) * 1_024) / STREAMS).toFixed(1)} kB |`);
  console.log(`| one event to all | ${reachedMs.toFixed(0)} ms |`);
  for (const socket of sockets) socket.removeAllListeners('close').destroy();
}

try {
  await main();
} finally {
  await endAll();
}
