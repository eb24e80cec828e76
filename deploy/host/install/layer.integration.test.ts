import { createHash } from 'node:crypto';
import { appendFileSync, createWriteStream, globSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { extract, list, type ReadEntry } from 'tar';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { startMachineHost } from '../machine-host.testing.ts';
import type { PackageSpec } from '../package-spec.ts';
import { TestClient } from '../test-rig.ts';
import type { InstallContext } from './context.ts';
import { installPackage } from './install.ts';
import { SERVER, TEST_LIMIT_MS } from './install-rig.testing.ts';
import type { Program } from './program.ts';
import { startNpmRegistry } from './registry.testing.ts';

vi.setConfig({ testTimeout: TEST_LIMIT_MS });

/** What it writes at its installation names the folder that it was installed in. */
const INSTALL = `
const fs = require('fs');
fs.writeFileSync('where.txt', 'installed in ' + __dirname);
fs.symlinkSync(__dirname + '/cli.js', 'self');
`;
const DEEP = `${'a-folder-with-a-long-name/'.repeat(6)}file.txt`;
const SPEC: PackageSpec = { runtime: 'npm', name: 'packed', version: '1.0.0' };

let registry: Awaited<ReturnType<typeof startNpmRegistry>>;
beforeAll(async () => {
  const manifest = {
    bin: { packed: 'cli.js' },
    scripts: { install: 'node install.js' },
    dependencies: { left: '1.0.0' },
  };
  const files = { 'cli.js': SERVER, 'install.js': INSTALL, [DEEP]: 'deep' };
  registry = await startNpmRegistry([
    { name: 'left', version: '1.0.0', files: { 'index.js': '' } },
    { name: 'packed', version: '1.0.0', manifest, files },
  ]);
});
afterAll(() => registry?.close());

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'catwalk-layer-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const lines: string[] = [];
const install = (cacheDir: string, installedDir?: string): Promise<Program> => {
  lines.length = 0;
  const context: InstallContext = {
    cacheDir: join(folder, cacheDir),
    ...(installedDir === undefined ? {} : { installedDir }),
    env: {
      PATH: process.env['PATH'] ?? '',
      TMPDIR: folder,
      npm_config_registry: registry.url,
      npm_config_cache: join(folder, `npm-${cacheDir}`),
    },
    ...{ user: null, box: null, nodeFlags: [], timeFactor: 1, args: [] },
    registries: { trusted: [], login: null },
    signal: new AbortController().signal,
    log: (line) => lines.push(line),
    onProgress: () => undefined,
  };
  return installPackage(SPEC, context);
};

const layerOf = (program: Program, root: string): AsyncIterable<Buffer> => {
  const layer = program.packLayer?.(root) ?? null;
  if (layer === null) throw new Error('There is nothing to pack.');
  return layer;
};
const bytesOf = async (layer: AsyncIterable<Buffer>): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of layer) chunks.push(chunk);
  return Buffer.concat(chunks);
};

/** Puts a layer where an image would bring it. */
const unpack = async (layer: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<void> => {
  const file = join(folder, 'layer.tar');
  await pipeline(layer, createWriteStream(file));
  // Only what is below the folder of the test: the folders above it are there.
  const isOwn = (entry: string): boolean => entry.startsWith(`${folder.slice(1)}/`);
  await extract({ file, cwd: '/', preservePaths: true, filter: isOwn, strict: true });
};

test('the same package, installed twice, is the same bytes: order, times, owners, modes and places are fixed', async () => {
  const layers = [];
  for (const cache of ['one', 'two']) layers.push(await bytesOf(layerOf(await install(cache), 'opt/installed')));
  const [first, second] = layers.map((bytes) => createHash('sha256').update(bytes).digest('hex'));
  expect(second).toBe(first);
  const entries: ReadEntry[] = [];
  await pipeline(Readable.from(layers.slice(0, 1)), list({ onReadEntry: (entry) => entries.push(entry) }));
  expect(entries.length).toBeGreaterThan(10);
  expect(new Set(entries.map(({ mtime }) => mtime?.toISOString()))).toEqual(new Set(['1980-01-01T00:00:00.000Z']));
  expect(new Set(entries.map(({ uid, gid }) => `${uid}:${gid}`))).toEqual(new Set(['0:0']));
  expect(new Set(entries.map(({ mode }) => mode))).toEqual(new Set([0o755, 0o644]));
  expect(entries.map((entry) => String(entry.path)).every((path) => path.startsWith('opt/'))).toBe(true);
});

test('a layer is booted from: nothing is installed, and a copy is what the installation was', async () => {
  const installedDir = join(folder, 'image/installed');
  const layer = layerOf(await install('one'), installedDir.slice(1));
  await unpack(layer);
  registry.requests.length = 0;
  const program = await install('none', installedDir);
  expect({ cached: program.cached, requests: registry.requests, lines }).toEqual({
    cached: true,
    requests: [],
    lines: [],
  });
  expect(program.packLayer?.('opt')).toBeNull();
  const copy = join(folder, 'copy');
  await program.copyInto(copy);
  const own = join(copy, 'package/node_modules/packed');
  expect(await readFile(join(own, 'where.txt'), 'utf8')).toBe(`installed in ${own}`);
  expect(await readFile(join(own, 'self'), 'utf8')).toBe(SERVER);
  expect(await readFile(join(own, DEEP), 'utf8')).toBe('deep');
});

test('an installation that was altered since is not packed', async () => {
  const program = await install('one');
  const layer = layerOf(program, 'opt/installed');
  const files = join(folder, 'one');
  const [file = ''] = globSync(`${files}/*/files/package/node_modules/left/index.js`);
  appendFileSync(file, 'more');
  await expect(bytesOf(layer)).rejects.toMatchObject({ name: 'AlteredError' });
});

describe.skipIf(process.getuid?.() !== 0)('on a machine of its own', () => {
  test('the host gives its installation out as a layer, and the next machine starts from it', async () => {
    const config = { package: SPEC, args: [], env: {}, isolation: 'AUTO' as const };
    const installedDir = join(folder, 'installed');
    const variables = { npm_config_registry: registry.url, CATWALK_INSTALLED_DIR: installedDir };
    const start = async (variablesOf: Record<string, string>) => {
      const host = await startMachineHost(config, variablesOf);
      onTestFinished(() => host.stop());
      return { host, status: await host.installed() };
    };
    const first = await start(variables);
    expect(first.status).toMatchObject({ lastError: null, install: { cached: false } });
    const answer = await first.host.request('/layer');
    expect(answer.status).toBe(200);
    await unpack(answer.body ?? []);
    const second = await start({ ...variables, npm_config_registry: 'http://127.0.0.1:9/' });
    expect(second.status).toMatchObject({ lastError: null, install: { cached: true } });
    expect((await second.host.request('/layer')).status).toBe(404);
    await expect(TestClient.open(second.host, { principal: 'p', caller: 'c' })).resolves.toBeDefined();
  });
});
