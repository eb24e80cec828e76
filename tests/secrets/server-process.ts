import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';

const ROOT = path.resolve(import.meta.dirname, '../..');

export type LoudServer = { pid: number; url: string; signInUrl: string; log(): string; stop(): Promise<void> };

/** The product as a process of its own, logging all there is to log. */
export async function startLoudServer(dataDir: string, variables: Record<string, string>): Promise<LoudServer> {
  const child = spawn(process.execPath, ['server/main.ts'], {
    cwd: ROOT,
    env: { ...process.env, NODE_ENV: '', PORT: '0', LOG_LEVEL: 'trace', CATWALK_DATA_DIR: dataDir, ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = once(child, 'exit');
  let log = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    log += text;
  });
  let told = '';
  const ready = Promise.withResolvers<{ url: string; signInUrl: string }>();
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    told += text;
    const [url, signInUrl] = [/ready on (\S+)/.exec(told)?.[1], /(http\S+sign-in\S+)\n/.exec(told)?.[1]];
    if (url && signInUrl) ready.resolve({ url, signInUrl });
  });
  exited.then(() => ready.reject(new Error(`The server ended: ${log}`)));
  const { url, signInUrl } = await ready.promise;
  return {
    pid: child.pid ?? 0,
    url,
    signInUrl,
    log: () => log,
    stop: async () => {
      child.kill('SIGTERM');
      await exited;
    },
  };
}

/** GitHub and OpenRouter as far as settings and analyses ask them: every key is right. */
export async function startServices() {
  const server = createServer((req, res) => {
    res.setHeader('content-type', 'application/json');
    if (req.url?.startsWith('/github/user')) res.end('{"login":"octocat"}');
    else if (req.url?.startsWith('/openrouter/key')) res.end('{"data":{"label":"test"}}');
    else res.writeHead(404).end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // it listens on TCP
  return { url: `http://127.0.0.1:${port}`, close: () => server.close() };
}

type Process = { pid: number; parent: number; commandLine: string };

/** A process and everything below it, with their command lines. */
export async function processTree(root: number): Promise<Process[]> {
  const ids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const all = await Promise.all(
    ids.map(async (pid): Promise<Process | null> => {
      try {
        const status = await readFile(`/proc/${pid}/status`, 'utf8');
        const commandLine = await readFile(`/proc/${pid}/cmdline`, 'utf8');
        return { pid, parent: Number(/^PPid:\t(\d+)$/m.exec(status)?.[1]), commandLine };
      } catch {
        return null; // it has ended already
      }
    }),
  );
  const below = (pid: number): Process[] =>
    all
      .filter((one) => one !== null)
      .filter(({ parent }) => parent === pid)
      .flatMap((one) => [one, ...below(one.pid)]);
  return [...all.filter((one) => one !== null).filter(({ pid }) => pid === root), ...below(root)];
}

export type FoundFile = { path: string; mode: number; content: Buffer };

/** Every file below a folder. Those that come and go while it is read are left out. */
export async function readFiles(folder: string): Promise<FoundFile[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const read = await Promise.all(
    files.map(async (entry): Promise<FoundFile | null> => {
      const file = path.join(entry.parentPath, entry.name);
      try {
        return {
          path: path.relative(folder, file),
          mode: (await stat(file)).mode & 0o777,
          content: await readFile(file),
        };
      } catch {
        return null;
      }
    }),
  );
  return read.filter((file) => file !== null);
}
