import { type ChildProcess, spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { openSession } from './bridge-client.ts';

export type Target = { name: string; url: string; pid: number; stop(): Promise<void> };

const ECHO = fileURLToPath(new URL('./bridge-echo.ts', import.meta.url));
const HOST = fileURLToPath(new URL('./bridge-host.ts', import.meta.url));
const START_LIMIT_MS = 20_000;

/** The other bridges listen on all addresses; a benchmark has no business there. */
const LOOPBACK_ONLY = `data:text/javascript,${encodeURIComponent(`
  import net from 'node:net';
  const listen = net.Server.prototype.listen;
  net.Server.prototype.listen = function (first, ...rest) {
    const port = typeof first === 'object' ? first.port : Number(first);
    return listen.call(this, { port, host: '127.0.0.1' }, rest.findLast((item) => typeof item === 'function'));
  };
`)}`;

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });

const packageFile = (name: string, path: string): string =>
  join(dirname(createRequire(import.meta.url).resolve(`${name}/package.json`)), path);

const stopChild = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.pid === undefined) return;
  const ended = new Promise((resolve) => child.once('close', resolve));
  process.kill(-child.pid, 'SIGTERM');
  const force = setTimeout(() => child.pid !== undefined && process.kill(-child.pid, 'SIGKILL'), 3_000);
  await ended;
  clearTimeout(force);
};

const start = async (name: string, args: (port: number) => string[]): Promise<Target> => {
  const port = await freePort();
  const child = spawn(process.execPath, args(port), { detached: true, stdio: ['ignore', 'ignore', 'ignore'] });
  const url = `http://127.0.0.1:${port}/mcp`;
  const deadline = performance.now() + START_LIMIT_MS;
  for (;;) {
    try {
      await openSession(url);
      return { name, url, pid: child.pid ?? 0, stop: () => stopChild(child) };
    } catch (cause) {
      if (performance.now() > deadline) {
        await stopChild(child);
        throw new Error(`${name} did not answer within ${START_LIMIT_MS / 1000} s.`, { cause });
      }
      await delay(100);
    }
  }
};

/** The host, as a process of its own, in front of a child of one file. */
export const startCatwalk = (child: string): Promise<Target> =>
  start('catwalk', (port) => [HOST, String(port), process.execPath, child]);

/** Each bridge in front of the same echo child, on the same Node. */
export const targets: { name: string; start: () => Promise<Target> }[] = [
  { name: 'catwalk', start: () => startCatwalk(ECHO) },
  {
    name: 'supergateway',
    start: () =>
      start('supergateway', (port) => [
        '--import',
        LOOPBACK_ONLY,
        packageFile('supergateway', 'dist/index.js'),
        '--stdio',
        `${process.execPath} ${ECHO}`,
        '--outputTransport',
        'streamableHttp',
        '--stateful',
        '--logLevel',
        'none',
        '--port',
        String(port),
      ]),
  },
  {
    name: 'mcp-proxy',
    start: () =>
      start('mcp-proxy', (port) => [
        packageFile('mcp-proxy', 'dist/bin/mcp-proxy.mjs'),
        '--host',
        '127.0.0.1',
        '--server',
        'stream',
        '--port',
        String(port),
        '--',
        process.execPath,
        ECHO,
      ]),
  },
];
