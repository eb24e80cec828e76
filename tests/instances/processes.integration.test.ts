import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freePort, startPostgres, type TestPostgres } from '#prisma/test-postgres.testing.ts';
import { type Process, startProcess } from './instance.ts';

const STARTED_WITHIN = { timeout: 50_000 };
const METRICS_TOKEN = 'what-only-Prometheus-knows';
let folder: string;
let postgres: TestPostgres;
let machines: Process;
let baseUrl: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'cw-processes-'));
  postgres = await startPostgres();
  const socket = path.join(folder, 'machines.sock');
  machines = startProcess('deploy/local/main.ts', ['--data-dir', path.join(folder, 'm'), '--socket', socket], {});
  ({ baseUrl } = JSON.parse(await machines.line(/baseUrl/)) as { baseUrl: string }); // what the program prints
});
afterAll(async () => {
  await machines?.end('SIGTERM');
  await postgres?.stop();
  await rm(folder, { recursive: true, force: true });
});

const start = (port: number): Process =>
  startProcess('server/main.ts', [], {
    CATWALK_PROCESSES: '2',
    CATWALK_DATA_DIR: path.join(folder, 'data'),
    DATABASE_URL: postgres.url,
    FLY_API_BASE_URL: baseUrl,
    MACHINES: 'local',
    PORT: String(port),
    METRICS_TOKEN,
  });

/** The processes that serve now, as the log tells. */
const serving = (server: Process): number[] =>
  server
    .output()
    .split('\n')
    .filter((line) => line.includes('A process serves.'))
    .map((line) => (JSON.parse(line) as { pid: number }).pid); // our own log

const children = async (pid: number): Promise<string[]> => {
  const { stdout } = await promisify(execFile)('pgrep', ['-P', String(pid)]).catch(() => ({ stdout: '' }));
  return stdout.split('\n').filter(Boolean);
};

test('two processes serve one port; one that is killed is replaced while the other serves; a stop ends both', async () => {
  const port = await freePort();
  const server = start(port);
  try {
    await server.line(/ready on/);
    await expect.poll(() => serving(server), STARTED_WITHIN).toHaveLength(2);
    expect(server.output().match(/works once/g)).toHaveLength(1);
    const [first = 0] = serving(server);
    process.kill(first, 'SIGKILL');
    await expect.poll(() => server.output()).toContain('A process ended');
    const statuses = new Set<number>();
    const isReplaced = async () => {
      const answer = await fetch(`http://127.0.0.1:${port}/api/health`, { headers: { connection: 'close' } });
      statuses.add(answer.status);
      return serving(server).length === 3;
    };
    await expect.poll(isReplaced, STARTED_WITHIN).toBe(true);
    expect(statuses).toEqual(new Set([200]));
    expect(await children(server.pid)).toHaveLength(2);
  } finally {
    expect(await server.end('SIGTERM')).toBe(0);
  }
  expect(await children(server.pid)).toEqual([]);
  expect(server.output().match(/A process ended/g)).toHaveLength(1);
});

/** Each on a connection of its own, so that either process may be the one that is asked. */
const scrape = async (port: number): Promise<string> => {
  const headers = { authorization: `Bearer ${METRICS_TOKEN}`, connection: 'close' };
  return (await fetch(`http://127.0.0.1:${port}/metrics`, { headers })).text();
};
const processesIn = (text: string): string[] =>
  Array.from(
    text.matchAll(/^process_resident_memory_bytes\{process="(\d+)"\} [1-9]/gm),
    ([, number = '']) => number,
  ).sort();

test('whichever process is asked tells of all, and of its successor once one was replaced', async () => {
  const port = await freePort();
  const server = start(port);
  try {
    await server.line(/ready on/);
    await expect.poll(() => serving(server), STARTED_WITHIN).toHaveLength(2);
    for (let look = 0; look < 6; look += 1) {
      const text = await scrape(port);
      expect(processesIn(text)).toEqual(['0', '1']);
      expect(text.match(/^# TYPE catwalk_deployments gauge$/gm)).toHaveLength(1);
      expect(text).toMatch(/^catwalk_events_listening\{process="0"\} 1$/m);
      expect(text).toMatch(/^catwalk_events_listening\{process="1"\} 1$/m);
    }
    const [, second = 0] = serving(server);
    process.kill(second, 'SIGKILL');
    await expect.poll(() => server.output()).toContain('A process ended');
    expect(processesIn(await scrape(port)), 'the one that is left answers alone').toContain('0');
    await expect.poll(() => serving(server), STARTED_WITHIN).toHaveLength(3);
    expect(processesIn(await scrape(port))).toEqual(['0', '1']);
  } finally {
    expect(await server.end('SIGTERM')).toBe(0);
  }
});

test('when the first process cannot start, nothing is tried again', async () => {
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
  const { port } = taken.address() as AddressInfo; // it listens on TCP
  const server = start(port);
  await expect(server.line(/ready on/)).rejects.toThrow(`Port ${port} is in use.`);
  expect(await server.end('SIGTERM')).toBe(1);
  taken.close();
});
