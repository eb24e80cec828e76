import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createNpmRegistry } from './npm.ts';
import { type NpmStandIn, startNpmStandIn } from './stand-ins/npm-registry.ts';

let standIn: NpmStandIn;
let registry: ReturnType<typeof createNpmRegistry>;
let cache: string;
const signal = new AbortController().signal;

beforeAll(async () => {
  standIn = await startNpmStandIn();
  cache = await mkdtemp(join(tmpdir(), 'catwalk-npm-'));
  registry = createNpmRegistry({ configuration: { cache }, registryUrl: standIn.url });
  for (const version of ['1.0.0', '1.1.0']) standIn.publish({ name: 'weather-mcp', version }, {});
});
afterAll(async () => {
  await standIn?.close();
  await rm(cache, { recursive: true, force: true });
});

test.each([
  [null, '1.1.0'],
  ['1.0.0', '1.0.0'],
  ['^1.0.0', '1.1.0'],
  ['latest', '1.1.0'],
])('resolves the version %s to %s', async (version, exact) => {
  expect((await registry.getPackage('weather-mcp', version, signal)).version).toBe(exact);
});

/** pacote would visit the address, read the folder, or clone the repository and run its scripts. */
test.each([
  'http://127.0.0.1:1/evil.tgz',
  'git+ssh://git@127.0.0.1/o/r.git',
  'git+file:///srv/evil',
  'github:o/r',
  'o/r',
  'file:/etc',
  '../evil',
  'npm:weather-mcp@1.0.0',
])('refuses a version that no registry publishes, without a request: %s', async (version) => {
  const before = standIn.requests.length;
  await expect(registry.getPackage('weather-mcp', version, signal)).rejects.toMatchObject({
    code: 'VERSION_NOT_FOUND',
  });
  expect(standIn.requests.length).toBe(before);
});

test.each(['git+file:///srv/evil', 'o/r', 'file:/etc', '../evil', 'weather-mcp@file:/etc', 'http://127.0.0.1:1/x.tgz'])(
  'refuses a name that no registry publishes, without a request: %s',
  async (name) => {
    const before = standIn.requests.length;
    await expect(registry.getPackage(name, null, signal)).rejects.toMatchObject({ code: 'PACKAGE_NOT_FOUND' });
    expect(standIn.requests.length).toBe(before);
  },
);
