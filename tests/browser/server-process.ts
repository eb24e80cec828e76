import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

export type ServerOptions = {
  dataDir: string;
  /** The number of deployment rows to seed. */
  deployments?: number;
  healthIntervalMs?: number;
  environment?: Record<string, string>;
};

export type RunningServer = { url: string; signInUrl: string; stop: () => Promise<void> };

/** Starts the whole server with options that `npm start` does not have: health interval and seeded rows. */
export async function startServerWith({ environment, ...options }: ServerOptions): Promise<RunningServer> {
  const child: ChildProcess = fork(path.join(import.meta.dirname, 'server-main.ts'), [JSON.stringify(options)], {
    cwd: path.resolve(import.meta.dirname, '../..'),
    env: {
      ...process.env,
      NODE_ENV: '',
      PORT: '0',
      LOG_LEVEL: 'error',
      CATWALK_DATA_DIR: options.dataDir,
      ...environment,
    },
    execArgv: [],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const exited = once(child, 'exit');
  const [ready] = await Promise.race([once(child, 'message'), exited.then(() => [null])]);
  if (!isReady(ready)) throw new Error('The server ended before it was ready.');
  return {
    ...ready,
    stop: async () => {
      child.kill('SIGTERM');
      await exited;
    },
  };
}

const isReady = (message: unknown): message is { url: string; signInUrl: string } =>
  typeof message === 'object' && message !== null && 'url' in message && 'signInUrl' in message;
