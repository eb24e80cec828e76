import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest';
import { findProcesses } from '../main-job/server-process.ts';
import { writeGreeter } from './greeter.ts';
import { catwalk } from './run-catwalk.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'catwalk-npm-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Runs `npm start` with the npm of this computer. Resolves when the server is ready. */
async function npmStart(dataDir: string) {
  const npm = spawn('npm', ['start'], {
    cwd: resolve(import.meta.dirname, '../..'),
    env: {
      ...process.env,
      NODE_ENV: '',
      CATWALK_DATA_DIR: dataDir,
      PORT: '0',
      LOG_LEVEL: 'warn',
      MCP_REGISTRY_URL: 'http://127.0.0.1:9',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true, // the group ends with the test, whatever is left of it
  });
  onTestFinished(() => {
    try {
      process.kill(-(npm.pid ?? 0), 'SIGKILL');
    } catch {
      // nothing is left of the group, as it should be
    }
  });
  const closed = once(npm, 'close'); // when the last process that holds the output has ended
  for await (const line of createInterface({ input: npm.stdout })) {
    const url = /ready on (\S+)/.exec(line)?.[1];
    if (url !== undefined) {
      npm.stdout.resume();
      // a terminal that closes sends SIGHUP to the whole group; the other signals go to npm alone
      const kill = (signal: NodeJS.Signals) =>
        process.kill(signal === 'SIGHUP' ? -(npm.pid ?? 0) : (npm.pid ?? 0), signal);
      return { url, kill, closed };
    }
  }
  throw new Error('npm start ended before the server was ready.');
}

test.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
  'npm start ended by %s ends the server and its machines',
  async (signal) => {
    const dataDir = join(folder, 'data');
    const server = await npmStart(dataDir);
    if (signal === 'SIGTERM') {
      await writeGreeter(join(folder, 'greeter'));
      const env = { CATWALK_DATA_DIR: dataDir, XDG_CONFIG_HOME: join(folder, 'config') };
      const deployed = await catwalk(['deploy', './greeter', '--env', 'GREETER_NAME=Ada'], { cwd: folder, env });
      expect(deployed.code, deployed.stderr).toBe(0);
      expect(await findProcesses(dataDir)).not.toEqual([]);
    }
    server.kill(signal);
    await server.closed;
    await expect(fetch(server.url)).rejects.toThrow();
    expect(await findProcesses(dataDir)).toEqual([]);
  },
);
