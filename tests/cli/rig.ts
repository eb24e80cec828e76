import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { makeTestDatabase } from '#prisma/test-database.testing.ts';
import { catwalk } from './run-catwalk.ts';
import { startServer } from './run-server.ts';

/** A server as a process of its own, with a database and a folder that end with it, and commands that run in the folder. */
export async function openCliRig(variables: Record<string, string> = {}) {
  await using opened = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'catwalk-cli-'));
  opened.defer(() => rm(folder, { recursive: true, force: true }));
  const dataDir = join(folder, 'data');
  const database = await makeTestDatabase(dataDir);
  opened.defer(() => database.drop());
  const start = (port?: number) => startServer(dataDir, { ...database.variables, ...variables }, port);
  let server = await start();
  opened.defer(() => server.stop());
  const env: NodeJS.ProcessEnv = { CATWALK_DATA_DIR: dataDir, XDG_CONFIG_HOME: join(folder, 'config') };
  const options = { cwd: folder, env };
  const run = (...words: string[]) => catwalk(words, options);
  const ending = opened.move();
  return {
    folder,
    /** With these, commands run in the folder and find the server. */
    options,
    url: server.url,
    run,
    /** Runs a command that succeeds, and reads the JSON that it prints. */
    json: async (...words: string[]) => {
      const { code, stdout, stderr } = await run(...words, '--json');
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      return JSON.parse(stdout);
    },
    kill: () => server.kill(),
    /** Starts a killed server again, at the same address. */
    restart: async () => {
      server = await start(server.port);
    },
    close: () => ending.disposeAsync(),
  };
}

export type CliRig = Awaited<ReturnType<typeof openCliRig>>;
