/**
 * The host as a process. Locally its configuration comes through the control pipe, and the pipe's end is its own; in a
 * machine image it comes from a file, whose path an argument may name.
 */
import { fstatSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { boxOfMachine } from './box/machine-box.ts';
import type { ChildUser } from './child/environment.ts';
import { parseHostConfig } from './config.ts';
import { CONTROL_FD, RELAY_ARGUMENT } from './contract.ts';
import { openControlPipe } from './control-pipe.ts';
import { messageOf } from './failure.ts';
import { runHost } from './host.ts';
import { runAsRelay } from './http-servers/run-as-relay.ts';

const CONFIG_FILE = '/etc/catwalk/host.json';
/** The host is one bundle, so that the relay is this program too. */
const relayProgram = [process.argv[1] ?? '', RELAY_ARGUMENT];
const IMAGE_PORT = 8080;
const IMAGE_DATA_DIR = '/data/server';
const IMAGE_CACHE_DIR = '/data/packages';
/** Layers on top of the machine image bring installations here. */
const IMAGE_INSTALLED_DIR = '/opt/catwalk/installed';

/** The image names the user that servers run as; the host itself runs as another. */
const childUserOf = (env: NodeJS.ProcessEnv): ChildUser | null => {
  const [uid, gid] = [Number(env['CATWALK_CHILD_UID']), Number(env['CATWALK_CHILD_GID'])];
  return uid > 0 && gid > 0 ? { uid, gid } : null;
};

const homeOf = (env: NodeJS.ProcessEnv): { installHome?: string } =>
  env['HOME'] === undefined ? {} : { installHome: env['HOME'] };

const stopOnSignals = (stop: (why: string) => void) => {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => stop(signal));
};

const runUnderControl = async () => {
  const pipe = await openControlPipe();
  const { config, dataDir, cacheDir, cacheBytesMax, machineId, box, keptDir } = pipe.message;
  const host = await runHost({
    config,
    dataDir,
    cacheDir,
    ...(cacheBytesMax === undefined ? {} : { cacheBytesMax }),
    listen: { host: '127.0.0.1', port: 0 },
    relay: relayProgram,
    machineId: machineId ?? process.env['FLY_MACHINE_ID'] ?? basename(dataDir),
    ...(keptDir === undefined ? {} : { keptDir }),
    ...(box === undefined ? homeOf(process.env) : { box }),
    preparesCopies: true,
  });
  stopOnSignals(() => void host.close().finally(() => process.exit(0)));
  // The process that would have taken the answers of calls under way is gone.
  void pipe.closed.then(() => host.close({ drainMs: 0 })).finally(() => process.exit(0));
  pipe.report({ kind: 'listening', port: host.port });
};

const runInImage = async (configFile: string) => {
  const { env } = process;
  const config = parseHostConfig(JSON.parse(await readFile(configFile, 'utf8')));
  if (config.token === undefined) throw new TypeError('A host in an image needs a token.');
  const user = childUserOf(env);
  const isImage = config.package.runtime === 'oci';
  const box = isImage ? await boxOfMachine({ config, user, path: env['PATH'] ?? '' }) : null;
  const walls = box === null ? {} : 'reason' in box ? { missingBox: box } : { box };
  const host = await runHost({
    config,
    dataDir: env['CATWALK_DATA_DIR'] ?? IMAGE_DATA_DIR,
    cacheDir: env['CATWALK_CACHE_DIR'] ?? IMAGE_CACHE_DIR,
    installedDir: env['CATWALK_INSTALLED_DIR'] ?? IMAGE_INSTALLED_DIR,
    listen: { host: '::', port: Number(env['PORT'] ?? IMAGE_PORT) },
    machineId: env['FLY_MACHINE_ID'] ?? 'machine',
    relay: relayProgram,
    childUser: user,
    ...walls,
    onLog: (stream, text) => console.log(`${stream} ${text}`),
  });
  stopOnSignals(() => void host.close().finally(() => process.exit(0)));
  console.log(`HOST listening on port ${host.port}`);
};

/** A parent that controls the host gives it a socket as this descriptor; else it is free, or Node's own. */
const hasControlPipe = (): boolean => {
  try {
    return fstatSync(CONTROL_FD).isSocket();
  } catch {
    return false; // no such descriptor
  }
};

const run = (first: string | undefined): Promise<void> =>
  first === undefined && hasControlPipe() ? runUnderControl() : runInImage(first ?? CONFIG_FILE);

const [first, ...rest] = process.argv.slice(2);
// No top-level await: the image's bundle is CommonJS, since importing node:http as a module costs 15 MB (it touches
// every lazy part of it).
if (first === RELAY_ARGUMENT) runAsRelay(rest);
else
  run(first).catch((error: unknown) => {
    console.error(`The host could not start: ${messageOf(error)}`);
    // The control pipe would keep the process alive.
    process.exit(1);
  });
