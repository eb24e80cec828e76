import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { HostConfig, HostStatus } from './contract.ts';
import { eventually, type TestHost } from './test-rig.ts';

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));
/** On a busy computer. */
const INSTALL_MS_MAX = 170_000;
const TOKEN = 'machine-token';
/** The user of servers in the machine image. */
const CHILD = '10002';

export type MachineHost = Pick<TestHost, 'request' | 'fetchStatus'> & {
  url: string;
  folder: string;
  /** Resolves when the package is installed, or cannot be. */
  installed(): Promise<HostStatus>;
  stop(): Promise<void>;
};

/**
 * A host as it runs in a machine of its own, with the variables of the machine image and its configuration in a file.
 * Other programs of the machine are those of this computer. Needs root, as the host has it there.
 */
export const startMachineHost = async (
  config: HostConfig,
  environment: Record<string, string> = {},
): Promise<MachineHost> => {
  const folder = await mkdtemp(join(tmpdir(), 'catwalk-machine-host-'));
  await chmod(folder, 0o755); // servers pass through it
  for (const name of ['home', 'server', 'packages']) await mkdir(join(folder, name), { mode: 0o755 });
  const file = join(folder, 'host.json');
  await writeFile(file, JSON.stringify({ ...config, token: TOKEN }), { mode: 0o400 });
  const host = spawn(process.execPath, [MAIN, file], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      PATH: process.env['PATH'],
      HOME: join(folder, 'home'),
      CATWALK_CHILD_UID: CHILD,
      CATWALK_CHILD_GID: CHILD,
      CATWALK_DATA_DIR: join(folder, 'server'),
      CATWALK_CACHE_DIR: join(folder, 'packages'),
      PORT: '0',
      ...environment,
    },
  });
  const exited = once(host, 'exit');
  const stop = async () => {
    host.kill('SIGTERM');
    await exited;
    await rm(folder, { recursive: true, force: true });
  };
  const listening = new Promise<string>((resolve, reject) => {
    const lines = createInterface({ input: host.stdout });
    lines.on('line', (line) => {
      const [, port] = /^HOST listening on port (\d+)$/.exec(line) ?? [];
      if (port !== undefined) resolve(port);
    });
    lines.on('close', () => reject(new Error('The host ended before it listened.')));
  });
  try {
    const url = `http://127.0.0.1:${await listening}`;
    const request = (path: string, init: RequestInit = {}) =>
      fetch(`${url}${path}`, { ...init, headers: { 'catwalk-host-token': TOKEN, ...init.headers } });
    const fetchStatus = async () => (await (await request('/status')).json()) as HostStatus; // the host's own type
    const installed = () =>
      eventually(
        'the installation',
        async () => {
          const status = await fetchStatus();
          return status.phase === 'INSTALLING' ? null : status;
        },
        INSTALL_MS_MAX,
      );
    return { installed, url, folder, request, fetchStatus, stop };
  } catch (error) {
    await stop();
    throw error;
  }
};
