import { spawn } from 'node:child_process';
import { once } from 'node:events';

export type RunningServer = { url: string; stop: () => Promise<void> };

/** A whole server of its own, on a free port and a data folder that is the caller's to remove. */
export async function startServer(
  checkout: string,
  dataDir: string,
  variables: Record<string, string> = {},
): Promise<RunningServer> {
  const server = spawn(process.execPath, ['server/main.ts'], {
    cwd: checkout,
    env: {
      ...process.env,
      PORT: '0',
      LOG_LEVEL: 'warn',
      CATWALK_DATA_DIR: dataDir,
      MCP_REGISTRY_URL: 'http://127.0.0.1:9',
      ...variables,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  for await (const chunk of server.stdout) {
    text += chunk;
    const url = /ready on (\S+)/.exec(text)?.[1];
    if (!url) continue;
    server.stdout.resume();
    return {
      url,
      stop: async () => {
        const ended = once(server, 'exit');
        server.kill('SIGTERM');
        await ended;
      },
    };
  }
  throw new Error(`The server did not start: ${text}`);
}
