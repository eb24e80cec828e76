import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../server/main.ts', import.meta.url));

/** No test copies the registry of the world. */
const OFFLINE = { MCP_REGISTRY_URL: 'http://127.0.0.1:9' };

export type RunningServer = { url: string; port: number; kill(): Promise<void>; stop(): Promise<void> };

/** The real server as a process of its own, on a free port unless one is given. Resolves when it is ready. */
export async function startServer(
  dataDir: string,
  variables: Record<string, string> = {},
  port = 0,
): Promise<RunningServer> {
  const { PATH, HOME } = process.env;
  const child = spawn(process.execPath, [MAIN], {
    env: {
      PATH,
      HOME,
      CATWALK_DATA_DIR: dataDir,
      PORT: String(port),
      HOST: '127.0.0.1',
      LOG_LEVEL: 'warn',
      ...OFFLINE,
      ...variables,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = once(child, 'exit');
  let told = '';
  const url = await new Promise<string>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        told += text;
        const ready = /^Catwalk is ready on (\S+)$/m.exec(told)?.[1];
        if (ready) resolve(ready);
      });
    }
    void exited.then(() => reject(new Error(`The server ended: ${told}`)));
  });
  const end = async (signal: NodeJS.Signals) => {
    child.kill(signal);
    await exited;
  };
  return { url, port: Number(new URL(url).port), kill: () => end('SIGKILL'), stop: () => end('SIGTERM') };
}
