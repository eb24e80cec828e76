import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createClient, type Client as Subscriber } from 'graphql-ws';
import { WebSocket } from 'ws';
import { freePort, startPostgres } from '#prisma/test-postgres.testing.ts';
import { type Process, startProcess } from './instance.ts';
import { startNginx } from './nginx.ts';

export type Instance = {
  /** Its own address, past nginx. */
  url: string;
  start(): Promise<void>;
  end(signal: NodeJS.Signals): Promise<number | null>;
  output(): string;
};

export type World = Awaited<ReturnType<typeof openWorld>>;

/**
 * Catwalk as it runs in production, on loopback: real server processes behind nginx, one PostgreSQL server, and the
 * Machines API as a process that all of them share.
 */
export async function openWorld({ instances: count }: { instances: number }) {
  await using opened = new AsyncDisposableStack();
  const folder = await mkdtemp(path.join(tmpdir(), 'cw-instances-'));
  opened.defer(() => rm(folder, { recursive: true, force: true }));
  const postgres = await startPostgres();
  opened.defer(postgres.stop);

  const socket = path.join(folder, 'machines.sock');
  const machines = startProcess('deploy/local/main.ts', ['--data-dir', path.join(folder, 'm'), '--socket', socket], {});
  opened.defer(() => machines.end('SIGTERM').then(() => {}));
  const { baseUrl } = JSON.parse(await machines.line(/baseUrl/)) as { baseUrl: string }; // what the program prints

  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const instances: Instance[] = [];
  for (let index = 0; index < count; index += 1) {
    const instance = await prepare(path.join(folder, `instance-${index}`), {
      DATABASE_URL: postgres.url,
      FLY_API_BASE_URL: baseUrl,
      PUBLIC_URL: url,
    });
    await instance.start();
    opened.defer(() => instance.end('SIGTERM').then(() => {}));
    instances.push(instance);
  }
  const ports = instances.map((instance) => Number(new URL(instance.url).port));
  const nginx = await startNginx(path.join(folder, 'nginx'), port, ports);
  opened.defer(nginx.stop);

  const login = await readFile(path.join(folder, 'instance-0', 'cli.json'), 'utf8');
  const { token } = JSON.parse(login) as { token: string }; // what the server wrote for the CLI
  const subscribers: Subscriber[] = [];
  opened.defer(async () => {
    for (const subscriber of subscribers) await subscriber.dispose();
  });
  const running = opened.move();

  return {
    folder,
    url,
    token,
    instances,
    postgres,
    nginx,
    /** Asks through nginx, or one instance alone. */
    ask: async <T>(query: string, variables: object = {}, at = url): Promise<T> => {
      const answer = await fetch(`${at}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
        body: JSON.stringify({ query, variables }),
        signal: AbortSignal.timeout(30_000),
      });
      const { data, errors } = (await answer.json()) as { data: T; errors?: unknown }; // GraphQL over HTTP
      if (errors) throw new Error(JSON.stringify(errors));
      return data;
    },
    /** Follows a subscription through nginx, or of one instance alone; connects again when the socket is lost. */
    follow: <T>(query: string, variables: Record<string, unknown> = {}, at = url) => {
      const subscriber = createClient({
        url: `${at.replace('http', 'ws')}/graphql`,
        webSocketImpl: WebSocket,
        connectionParams: { authorization: `Bearer ${token}` },
        retryAttempts: 50,
        shouldRetry: () => true,
        retryWait: () => new Promise((resolve) => setTimeout(resolve, 100)),
      });
      subscribers.push(subscriber);
      return { events: subscriber.iterate<T>({ query, variables }), client: subscriber };
    },
    close: () => running.disposeAsync(),
  };
}

async function prepare(dataDir: string, variables: Record<string, string>): Promise<Instance> {
  const port = await freePort();
  let running: Process | null = null;
  return {
    url: `http://127.0.0.1:${port}`,
    start: async () => {
      running = startProcess('server/main.ts', [], {
        CATWALK_DATA_DIR: dataDir,
        PORT: String(port),
        TRUST_PROXY: '1',
        MACHINES: 'local',
        LOG_LEVEL: 'info',
        MCP_REGISTRY_URL: 'http://127.0.0.1:9', // no test copies the registry of the world
        ENCRYPTION_KEY: Buffer.alloc(32, 5).toString('base64'),
        AUTH_SECRET: 'a secret that all instances of this test share',
        ...variables,
      });
      await running.line(/ready on/);
    },
    end: async (signal) => {
      const ending = running;
      running = null;
      return ending ? ending.end(signal) : null;
    },
    output: () => running?.output() ?? '',
  };
}
