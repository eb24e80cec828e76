import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import { startNpmStandIn } from '#server/domain/analysis/registries/stand-ins/npm-registry.ts';
import { catwalk } from './run-catwalk.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'catwalk-update-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A registry that has the package in this version. */
async function published(version: string) {
  const npm = await startNpmStandIn();
  onTestFinished(() => npm.close());
  npm.publish({ name: 'catwalk-mcp', version }, {});
  return { env: { XDG_CONFIG_HOME: folder, NPM_REGISTRY_URL: npm.url } };
}

test('a newer version is named with the way to get it, and nothing is changed', async () => {
  const { stdout, code } = await catwalk(['update'], await published('99.1.0'));
  expect({ code, stdout }).toEqual({
    code: 0,
    stdout: expect.stringMatching(
      /^Catwalk 99\.1\.0 is published; this is \d+\.\d+\.\d+\.\nGet it with: git pull && npm ci\n$/,
    ),
  });
});

test('an older one is no news', async () => {
  const { stdout } = await catwalk(['update', '--json'], await published('0.0.1'));
  expect(JSON.parse(stdout)).toMatchObject({ name: 'catwalk-mcp', newest: '0.0.1', newer: false });
});

test('a registry that cannot be reached is a failure with a hint', async () => {
  const env = { XDG_CONFIG_HOME: folder, NPM_REGISTRY_URL: 'http://127.0.0.1:9' };
  const { code, stderr } = await catwalk(['update'], { env });
  expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('The npm registry cannot be reached.') });
});
