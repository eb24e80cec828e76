/** Measures what streams cost that are parked: memory each, and the processor for their keep-alives. */
import { spawn } from 'node:child_process';
import { connect, type Socket } from 'node:net';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { recordFigure } from './figures.ts';

const AT_ONCE = 100;

/** Opens so many GET streams for a machine that sleeps, and prints both figures. */
export async function measureParked(streams: number, seconds: number): Promise<void> {
  const script = path.join(import.meta.dirname, 'sleep-endpoint.ts');
  const child = spawn(process.execPath, ['--expose-gc', script], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const read = async () => JSON.parse((await lines.next()).value ?? '{}') as Record<string, number | string>; // our own process
  const ask = async (what: string) => {
    child.stdin.write(`${what}\n`);
    return read();
  };
  const sockets: Socket[] = [];
  try {
    const ready = await read();
    const head = `GET ${ready['path']} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/event-stream\r\nMcp-Session-Id: bench.s\r\n\r\n`;
    const open = () =>
      new Promise<void>((resolve, reject) => {
        const socket = connect(Number(ready['port']), '127.0.0.1', () => socket.write(head));
        socket.once('data', () => {
          socket.on('data', () => {});
          resolve();
        });
        socket.once('error', reject);
        sockets.push(socket);
      });
    await open();
    const before = await ask('memory');
    while (sockets.length < streams)
      await Promise.all(Array.from({ length: Math.min(AT_ONCE, streams - sockets.length) }, open));
    const after = await ask('memory');
    if (Number(after['parked']) !== streams) throw new Error(`Only ${after['parked']} streams are parked.`);
    const kilobytes = (Number(after['bytes']) - Number(before['bytes'])) / (streams - 1) / 1_024;
    const cpuBefore = Number((await ask('cpu'))['microseconds']);
    await delay(seconds * 1_000);
    const cpu = Number((await ask('cpu'))['microseconds']) - cpuBefore;
    const share = (cpu / (seconds * 1_000_000)) * 100;
    recordFigure(`${streams} parked streams: memory each`, kilobytes, 'kB', { atMost: 20 });
    recordFigure(`${streams} parked streams: processor`, share, '% of a core', { atMost: 1 });
    console.log(`| memory per parked stream (${streams}) | ${kilobytes.toFixed(1)} kB |`);
    console.log(`| processor of ${streams} parked streams | ${share.toFixed(2)} % of a core |`);
  } finally {
    for (const socket of sockets) socket.destroy();
    child.stdin.end();
  }
}
