import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { type HostConfig, PLATFORM_PRINCIPAL } from '../contract.ts';
import {
  makeRepository,
  packTarball,
  startNpmRegistry,
  startPythonIndex,
  type TestServer,
} from '../install/registry.testing.ts';
import type { PackageSpec } from '../package-spec.ts';
import { eventually, startTestHost, TestClient, type TestHost } from '../test-rig.ts';
import { everywhere, KEEPER, type Kept, NOTHING, PYTHON_KEEPER } from './keeper.testing.ts';

// npm, pip and git are programs of their own: on a busy computer they take their time.
vi.setConfig({ testTimeout: 180_000 });
const INSTALL_LIMIT_MS = 120_000;

let registry: TestServer;
let index: TestServer;
let cacheDir: string;
let hosts: TestHost[] = [];
const before = { ...process.env };

const NPM: PackageSpec = { runtime: 'npm', name: 'keeper', version: '1.0.0' };
const keeper = { name: 'keeper', version: '1.0.0', manifest: { bin: 'cli.js' }, files: { 'cli.js': KEEPER } };

/** It ends for want of a setting. */
const quitter = {
  ...keeper,
  name: 'quitter',
  files: { 'cli.js': "#!/usr/bin/env node\nconsole.error('QUITTER_KEY is required');\nprocess.exit(1);\n" },
};

beforeAll(async () => {
  registry = await startNpmRegistry([keeper, quitter]);
  index = await startPythonIndex('keeper', '1.0.0', PYTHON_KEEPER);
  process.env['npm_config_registry'] = registry.url;
  process.env['npm_config_cache'] = await mkdtemp(join(tmpdir(), 'catwalk-npm-cache-'));
  process.env['PIP_INDEX_URL'] = `${index.url}/simple`;
  process.env['UV_DEFAULT_INDEX'] = `${index.url}/simple`;
  cacheDir = await mkdtemp(join(tmpdir(), 'catwalk-cache-'));
});
afterEach(async () => {
  await Promise.all(hosts.map((host) => host.close({ drainMs: 0 })));
  hosts = [];
});
afterAll(async () => {
  process.env = before;
  await Promise.all([registry.close(), index.close()]);
  await rm(cacheDir, { recursive: true, force: true });
});

const open = (host: TestHost, principal = 'somebody', capabilities = {}) =>
  TestClient.open(host, { principal, capabilities });
const use = async (client: TestClient, args: { keep?: string } = {}): Promise<Kept> =>
  JSON.parse(await client.tool('keep', args));

const startInstalled = async (config: Partial<HostConfig>, options = {}) => {
  const host = await startTestHost(config, { cacheDir, ...options });
  hosts.push(host);
  await eventually('the installation', () => host.status().phase !== 'INSTALLING', INSTALL_LIMIT_MS);
  return host;
};

describe('two machines with one package', () => {
  const sources: [string, () => Promise<PackageSpec>][] = [
    ['npm', async () => NPM],
    ['PyPI', async () => ({ runtime: 'pypi', name: 'keeper', version: '1.0.0' })],
    ['a tarball', async () => ({ runtime: 'archive', ...(await packTarball({ ...keeper, name: 'packed-keeper' })) })],
    [
      'git',
      async () => ({
        runtime: 'git',
        installer: 'npm',
        ...(await makeRepository({
          'cli.js': KEEPER,
          'package.json': JSON.stringify({ name: 'git-keeper', version: '1.0.0', bin: 'cli.js' }),
        })),
      }),
    ],
  ];

  test.each(sources)(
    'never see what the other keeps, nor does a third one after both are gone (%s)',
    async (_, make) => {
      const spec = await make();
      const first = await startInstalled({ package: spec });
      expect((await use(await open(first), { keep: 'of the first' })).kept).toEqual(everywhere('of the first'));
      const second = await startInstalled({ package: spec });
      expect(second.status().install).toMatchObject({ cached: true });
      expect((await use(await open(second))).kept).toEqual(NOTHING);
      await use(await open(second), { keep: 'of the second' });
      expect((await use(await open(first))).kept).toEqual(everywhere('of the first'));
      await Promise.all([first.close({ drainMs: 0 }), second.close({ drainMs: 0 })]);
      const third = await startInstalled({ package: spec });
      expect(third.status().install).toMatchObject({ cached: true });
      expect((await use(await open(third))).kept).toEqual(NOTHING);
    },
  );

  test('run from folders of their own, never from the cache, and leave nothing when they are closed', async () => {
    const first = await startInstalled({ package: NPM });
    const second = await startInstalled({ package: NPM });
    const folders = [(await use(await open(first))).folder, (await use(await open(second))).folder];
    expect(new Set(folders).size).toBe(2);
    for (const folder of folders) expect(folder.startsWith(cacheDir)).toBe(false);
    await Promise.all([first.close({ drainMs: 0 }), second.close({ drainMs: 0 })]);
    for (const folder of folders) await expect(readdir(folder)).rejects.toThrow(/ENOENT/);
  });

  test('writing into its own package files does not reach the next machine', async () => {
    const first = await startInstalled({ package: NPM });
    const { folder } = await use(await open(first));
    await writeFile(join(folder, 'cli.js'), 'process.exit(1)');
    const second = await startInstalled({ package: NPM });
    expect((await use(await open(second))).kept).toEqual(NOTHING);
  });

  test('a copy that was prepared is taken once, and is as good as one that was made', async () => {
    const ready = async () => {
      for (const entry of await readdir(cacheDir))
        if ((await readdir(join(cacheDir, entry))).includes('ready')) return entry;
      return null;
    };
    const first = await startInstalled({ package: NPM }, { preparesCopies: true });
    await use(await open(first), { keep: 'x' });
    const entry = await eventually('a copy to be ready', ready);
    const [second, third] = [await startInstalled({ package: NPM }), await startInstalled({ package: NPM })];
    expect(await readdir(join(cacheDir, entry))).not.toContain('ready');
    for (const host of [second, third]) expect((await use(await open(host))).kept).toEqual(NOTHING);
  });
});

test('a start that fails leaves a prepared copy, even if its machine is deleted at once', async () => {
  const own = await mkdtemp(join(tmpdir(), 'catwalk-cache-'));
  try {
    const spec: PackageSpec = { runtime: 'npm', name: 'quitter', version: '1.0.0' };
    const host = await startInstalled({ package: spec }, { cacheDir: own, preparesCopies: true });
    await eventually('the failure', () => host.status().phase === 'FAILED');
    await host.close();
    const [entry = ''] = await readdir(own);
    expect(await readdir(join(own, entry))).toContain('ready');
  } finally {
    await rm(own, { recursive: true, force: true });
  }
});

describe('an entry of the cache', () => {
  test.each([
    [
      'was altered',
      (files: string) =>
        writeFile(join(files, 'package/node_modules/keeper/cli.js'), KEEPER.replace('keeper', 'parrot')),
    ],
    ['lost a file', (files: string) => rm(join(files, 'package/node_modules/keeper/cli.js'))],
    ['has half a manifest', (files: string) => writeFile(join(files, '../manifest.json'), '{"program":{')],
    ['has no manifest', (files: string) => rm(join(files, '../manifest.json'))],
  ])('that %s is not used, and is installed again', async (_, spoil) => {
    const own = await mkdtemp(join(tmpdir(), 'catwalk-cache-'));
    try {
      await (await startInstalled({ package: NPM }, { cacheDir: own })).close({ drainMs: 0 });
      const [entry = ''] = await readdir(own);
      await spoil(join(own, entry, 'files'));
      const host = await startInstalled({ package: NPM }, { cacheDir: own });
      expect((await use(await open(host))).kept).toEqual(NOTHING);
      expect(host.status().serverInfo).toMatchObject({ name: 'keeper' });
      const file = join(own, entry, 'files/package/node_modules/keeper/cli.js');
      expect(await readFile(file, 'utf8')).toBe(KEEPER);
      expect(await readdir(own)).toEqual([entry]);
    } finally {
      await rm(own, { recursive: true, force: true });
    }
  });

  test('does not use a prepared copy that was altered', async () => {
    const own = await mkdtemp(join(tmpdir(), 'catwalk-cache-'));
    try {
      const first = await startInstalled({ package: NPM }, { cacheDir: own, preparesCopies: true });
      await use(await open(first));
      const [entry = ''] = await readdir(own);
      await eventually('a copy to be ready', async () => (await readdir(join(own, entry))).includes('ready'));
      const file = join(own, entry, 'ready/files/package/node_modules/keeper/cli.js');
      await writeFile(file, KEEPER.replace('keeper', 'parrot'));
      const second = await startInstalled({ package: NPM }, { cacheDir: own });
      await use(await open(second));
      expect(second.status().serverInfo).toMatchObject({ name: 'keeper' });
    } finally {
      await rm(own, { recursive: true, force: true });
    }
  });
});

describe('a Python environment', () => {
  test('names its own folder in its commands and knows no other', async () => {
    const host = await startInstalled({ package: { runtime: 'pypi', name: 'keeper', version: '1.0.0' } });
    const { folder, ...rest } = await use(await open(host));
    const { prefix, cached } = rest as Kept & { prefix: string; cached: string }; // as the server above answers
    expect(folder.startsWith(prefix)).toBe(true);
    expect(cached.startsWith(prefix)).toBe(true);
    const bin = join(prefix, 'bin');
    for (const name of ['keeper', 'activate']) expect(await readFile(join(bin, name), 'utf8')).toContain(prefix);
    for (const name of await readdir(bin)) {
      const text = await readFile(join(bin, name), 'latin1');
      if (text.startsWith('#!')) expect(text.split('\n', 1)[0]).not.toContain(cacheDir);
    }
  });
});

describe('callers of one machine', () => {
  test('AUTO: sessions of one caller share files, different callers never do', async () => {
    const host = await startInstalled({ package: NPM });
    await use(await open(host, 'a'), { keep: 'of a' });
    expect((await use(await open(host, 'a'))).kept).toEqual(everywhere('of a'));
    // A client that can be called back has a process of its own, and the files of its caller.
    expect((await use(await open(host, 'a', { sampling: {} }))).kept).toEqual(everywhere('of a'));
    expect((await use(await open(host, 'b'))).kept).toEqual(NOTHING);
    await use(await open(host, 'b'), { keep: 'of b' });
    expect((await use(await open(host, 'a'))).kept).toEqual(everywhere('of a'));
  });

  test('AUTO: a caller keeps its files when its process ends, and gets no process of the platform with others', async () => {
    const host = await startInstalled({ package: NPM });
    const client = await open(host, 'a');
    const { pid } = await use(client, { keep: 'of a' });
    process.kill(pid, 'SIGKILL');
    await eventually('the process to be noticed', () => host.status().children.every((child) => child.pid !== pid));
    await open(host, PLATFORM_PRINCIPAL);
    expect((await use(await open(host, 'b'))).kept).toEqual(NOTHING);
    expect((await use(client)).kept).toEqual(everywhere('of a'));
  });

  test('PER_SESSION: nothing is shared, and the files of a session go with it', async () => {
    const host = await startInstalled({ package: NPM, isolation: 'PER_SESSION' });
    const [one, two] = [await open(host, 'a'), await open(host, 'a')];
    const { folder } = await use(one, { keep: 'of one' });
    expect((await use(two)).kept).toEqual(NOTHING);
    await one.delete();
    await eventually('its files to be gone', () =>
      readdir(folder).then(
        () => false,
        () => true,
      ),
    );
    expect((await use(await open(host, 'a'))).kept).toEqual(NOTHING);
    expect((await use(two, { keep: 'of two' })).kept).toEqual(everywhere('of two'));
  });

  test('SHARED: all callers work with the same files', async () => {
    const host = await startInstalled({ package: NPM, isolation: 'SHARED' });
    await use(await open(host, 'a'), { keep: 'of all' });
    expect((await use(await open(host, 'b'))).kept).toEqual(everywhere('of all'));
  });
});
