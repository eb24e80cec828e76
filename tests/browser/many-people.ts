import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startProcess } from '../instances/instance.ts';
import { startServerWith } from './server-process.ts';

/** Starts a server for several users, whose machines come from the Machines API on this computer. */
export async function startForMany() {
  await using opened = new AsyncDisposableStack();
  const folder = await mkdtemp(path.join(tmpdir(), 'catwalk-people-'));
  opened.defer(() => rm(folder, { recursive: true, force: true }));
  const socket = path.join(folder, 'machines.sock');
  const machines = startProcess('deploy/local/main.ts', ['--data-dir', path.join(folder, 'm'), '--socket', socket], {});
  opened.defer(() => machines.end('SIGTERM').then(() => {}));
  const { baseUrl } = JSON.parse(await machines.line(/baseUrl/)) as { baseUrl: string }; // what the program prints
  const server = await startServerWith({
    dataDir: path.join(folder, 'data'),
    environment: {
      MACHINES: 'fly',
      FLY_API_BASE_URL: baseUrl,
      FLY_API_TOKEN: 'any',
      FLY_MCP_IMAGE: 'registry.fly.io/any:1',
      MCP_REGISTRY_URL: 'http://127.0.0.1:9',
    },
  });
  opened.defer(server.stop);
  const running = opened.move();
  return { url: server.url, signInUrl: server.signInUrl, [Symbol.asyncDispose]: () => running.disposeAsync() };
}
