import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { z } from 'zod';
import { startServer } from '../../bench/catwalk-server.ts';
import { type Recorder, startRecorder } from './recorder.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const FIXTURE = path.join(import.meta.dirname, 'fixture');
const COMMAND_MS_MAX = 240_000;

/** The builds of the server, by the eras that it speaks. */
export const BUILDS = ['legacy', 'both', 'modern'] as const;
export type Build = (typeof BUILDS)[number];
export type Access = 'TOKEN' | 'PUBLIC' | 'OAUTH';

const deployed = z.looseObject({ databaseId: z.string(), endpointUrl: z.string(), status: z.string() });
const made = z.looseObject({ token: z.string() });
const shown = z.looseObject({ status: z.string() });
const signIn = z.looseObject({ signInUrl: z.string() });

/** The server announces its public address, which is the recorder's, so its own port is chosen here. */
async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo; // it listens on TCP
  probe.close();
  await once(probe, 'close');
  return port;
}

/** A whole Catwalk on this computer behind a recorder, with a deployment of each build. */
export async function openInstallation() {
  const recorder: Recorder = await startRecorder();
  const dataDir = await mkdtemp(path.join(tmpdir(), 'catwalk-interop-'));
  const port = await freePort();
  recorder.leadTo(port);
  const variables = {
    PORT: String(port),
    PUBLIC_URL: recorder.origin,
    RATE_LIMIT_PER_MINUTE: '100000',
    LOG_LEVEL: 'error',
  };
  const server = await startServer(ROOT, dataDir, variables);

  const catwalk = async (...words: string[]): Promise<unknown> => {
    const { stdout } = await promisify(execFile)(process.execPath, ['server/cli/catwalk.mjs', ...insertJson(words)], {
      cwd: ROOT,
      env: { ...process.env, CATWALK_DATA_DIR: dataDir },
      timeout: COMMAND_MS_MAX,
      maxBuffer: 16_777_216,
    });
    return JSON.parse(stdout);
  };

  const folder = path.join(dataDir, 'interop-mcp-server');
  await cp(FIXTURE, folder, { recursive: true });
  const urls = new Map<Build, string>();
  for (const build of BUILDS) {
    const { endpointUrl } = deployed.parse(await catwalk('deploy', folder, '--name', build, '--', build));
    await catwalk('configure', build, '--access', 'token', '-y');
    urls.set(build, endpointUrl);
  }
  return {
    recorder,
    urlOf: (build: Build): string => urls.get(build) ?? '',
    signInUrl: async () => signIn.parse(await catwalk('login')).signInUrl,
    createToken: async (build: Build, name: string) => made.parse(await catwalk('token', 'create', build, name)).token,
    revokeToken: (build: Build, name: string) => catwalk('token', 'rm', build, name),
    setAccess: (build: Build, access: Access) => catwalk('configure', build, '--access', access.toLowerCase(), '-y'),
    restart: (build: Build) => catwalk('restart', build, '-y'),
    /** Sets the shortest time before sleep and waits until the deployment is asleep, or fails. */
    async putToSleep(build: Build, limitMs: number): Promise<void> {
      await catwalk('sleep', build, '1');
      const endMs = Date.now() + limitMs;
      while (shown.parse(await catwalk('show', build)).status !== 'ASLEEP') {
        if (Date.now() > endMs) throw new Error(`${build} did not fall asleep.`);
        await wait(3_000);
      }
      await catwalk('sleep', build, 'off');
    },
    close: async () => {
      await server.stop();
      await recorder.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

export type Installation = Awaited<ReturnType<typeof openInstallation>>;

/** `--json` must stand before `--`, after which words belong to the server. */
function insertJson(words: string[]): string[] {
  const at = words.indexOf('--');
  return at < 0 ? [...words, '--json'] : [...words.slice(0, at), '--json', ...words.slice(at)];
}
