import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';

export type IdleServer = {
  /** From `npm start` until `/api/health` answers 200. */
  healthySeconds: number;
  /** User and system time of the server's process until then. */
  cpuSeconds: number;
  /** Resident memory of the server's process after a pause, in MB of 2^20 bytes. */
  residentMb: number;
};

/** Long enough for the compilers of WebAssembly to give their memory back. */
const PAUSE_MS = 45_000;
const HEALTHY_MS_MAX = 120_000;
const TICKS_A_SECOND = 100;

/** Runs `npm start` in a checkout, measures the server while it has nothing to do, and ends it. */
export async function measureIdle(
  checkout: string,
  dataDir: string,
  settings: Record<string, string>,
): Promise<IdleServer> {
  const since = performance.now();
  const server = spawn('npm', ['start', '--silent'], {
    cwd: checkout,
    env: {
      ...process.env,
      ...settings,
      PORT: '0',
      LOG_LEVEL: 'error',
      CATWALK_DATA_DIR: dataDir,
      MCP_REGISTRY_URL: 'http://127.0.0.1:9',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(server, 'exit');
  try {
    const url = await addressOf(server.stdout);
    while (!(await isHealthy(url))) {
      if (performance.now() - since > HEALTHY_MS_MAX) throw new Error(`${checkout} did not become healthy.`);
    }
    const healthySeconds = (performance.now() - since) / 1_000;
    const pid = await serverBelow(server.pid ?? 0);
    const cpuSeconds = await cpuOf(pid);
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    const status = await readFile(`/proc/${pid}/status`, 'utf8');
    return { healthySeconds, cpuSeconds, residentMb: Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1_024 };
  } finally {
    server.kill('SIGTERM'); // npm passes it on
    await ended;
  }
}

/** Keeps on reading: a server whose reader is gone may end. */
const addressOf = (output: NodeJS.ReadableStream): Promise<string> =>
  new Promise((resolve, reject) => {
    let text = '';
    output.on('data', (chunk) => {
      text += String(chunk);
      const url = /ready on (\S+)/.exec(text)?.[1];
      if (url !== undefined) resolve(url);
    });
    output.on('end', () => reject(new Error(`The server did not start: ${text}`)));
  });

const isHealthy = (url: string): Promise<boolean> =>
  fetch(`${url}/api/health`, { signal: AbortSignal.timeout(5_000) }).then(
    (answer) => answer.ok,
    () => false,
  );

/** The only child of npm: its shell has become the server. */
async function serverBelow(npm: number): Promise<number> {
  const children = await readFile(`/proc/${npm}/task/${npm}/children`, 'utf8');
  return Number(children.trim().split(' ')[0]);
}

/** The fields of proc(5) behind the name, which may hold blanks. */
async function cpuOf(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_A_SECOND;
}
