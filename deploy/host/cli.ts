import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type HostConfig, RELAY_ARGUMENT } from './contract.ts';
import { runHost } from './host.ts';
import type { HostOptions, RunningHost } from './host-options.ts';
import { removeTree } from './remove-tree.ts';

export type StartHostOptions = {
  /** 0: any free one. */
  port: number;
  /** The address to listen on; without a token only loopback is allowed. */
  host: string;
  /** Aborting it closes the host. */
  signal?: AbortSignal;
  cacheDir?: string;
  /** The machine that session ids name; `host` when absent. */
  machineId?: string;
} & Pick<HostOptions, 'handshakeTimeoutMs' | 'limits' | 'childrenMax' | 'measureMemory' | 'preparesCopies' | 'onLog'>;

/** A program of its own as source; in a bundle, which lies beside the host's, it is the host with one word. */
const RELAY = import.meta.url.endsWith('.ts')
  ? [fileURLToPath(new URL('./http-servers/main.ts', import.meta.url))]
  : [fileURLToPath(new URL('../host/host.cjs', import.meta.url)), RELAY_ARGUMENT];
const LOOPBACK = ['127.0.0.1', '::1', 'localhost'];

/** The host alone, for `catwalk host` and for tests: a folder of its own that goes with it. Resolves when it listens. */
export const startHost = async (config: HostConfig, options: StartHostOptions): Promise<RunningHost> => {
  if (config.token === undefined && !LOOPBACK.includes(options.host))
    throw new TypeError('A host without a token listens on loopback only. Give it a token, or leave the address away.');
  const folder = await mkdtemp(join(tmpdir(), 'catwalk-host-'));
  const { handshakeTimeoutMs, limits, childrenMax, measureMemory, preparesCopies, onLog } = options;
  const removeFolder = () => removeTree(folder);
  try {
    const host = await runHost({
      config,
      dataDir: folder,
      cacheDir: options.cacheDir ?? join(folder, 'cache'),
      listen: { host: options.host, port: options.port },
      machineId: options.machineId ?? 'host',
      relay: RELAY,
      ...(process.env['HOME'] === undefined ? {} : { installHome: process.env['HOME'] }),
      ...(handshakeTimeoutMs === undefined ? {} : { handshakeTimeoutMs }),
      ...(limits === undefined ? {} : { limits }),
      ...(childrenMax === undefined ? {} : { childrenMax }),
      ...(measureMemory === undefined ? {} : { measureMemory }),
      ...(preparesCopies === undefined ? {} : { preparesCopies }),
      ...(onLog === undefined ? {} : { onLog }),
    });
    let closing: Promise<void> | null = null;
    const close = (how?: { drainMs?: number }): Promise<void> => {
      closing ??= host.close(how).then(removeFolder);
      return closing;
    };
    options.signal?.addEventListener('abort', () => void close(), { once: true });
    return { port: host.port, status: host.status, close };
  } catch (error) {
    await removeFolder();
    throw error;
  }
};
