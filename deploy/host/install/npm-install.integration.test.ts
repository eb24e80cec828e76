import { readdir } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import type { PackageSpec } from '../package-spec.ts';
import { TestClient } from '../test-rig.ts';
import { failureOf, type InstallRig, openInstallRig, SERVER, settled, TEST_LIMIT_MS } from './install-rig.testing.ts';

/** Runs a command of one of its dependencies by name. */
const COMMAND_CALLER = SERVER.replace(
  'args: process.argv.slice(2)',
  "args: [require('node:child_process').execFileSync('answer-me', { encoding: 'utf8' }).trim()]",
);
const tiny = (name: string, manifest: Record<string, unknown> = {}, files: Record<string, string> = {}) => ({
  name,
  version: '1.0.0',
  manifest: { bin: { [name]: 'cli.js' }, ...manifest },
  files: { 'cli.js': SERVER, ...files },
});

const PACKAGES = [
  { name: 'left', version: '2.0.0', files: { 'index.js': '' } },
  tiny('good', { dependencies: { left: '^2.0.0' } }),
  tiny('two-bins', { bin: { other: 'other.js', 'two-bins': 'cli.js' } }, { 'other.js': '' }),
  tiny('unclear', { bin: { a: 'a.js', b: 'b.js' } }, { 'a.js': '', 'b.js': '' }),
  tiny('library', { bin: undefined }),
  tiny('unbuilt', { bin: 'dist/cli.js' }),
  tiny(
    'scripted',
    { scripts: { install: 'node install.js' } },
    { 'install.js': "require('fs').writeFileSync('built.js', 'module.exports = 1')" },
  ),
  tiny(
    'hopeful',
    { scripts: { install: 'node install.js' }, optionalDependencies: { native: '1.0.0' } },
    { 'install.js': "require('fs').writeFileSync('built.js', 'module.exports = 1')" },
  ),
  tiny('native', { scripts: { install: 'echo "gyp ERR! build error" >&2; exit 1' } }),
  tiny('download', { scripts: { postinstall: 'echo "cannot download" >&2; exit 1' } }),
  tiny('needs-newer', { dependencies: { left: '^9.0.0' } }),
  tiny('needs-absent', { dependencies: { 'no-such-package': '^1.0.0' } }),
  { ...tiny('@some/scoped', { bin: { '@some/scoped': './cli.js' } }) },
  tiny('calls-command', { dependencies: { 'with-command': '1.0.0' } }, { 'cli.js': COMMAND_CALLER }),
  tiny('with-command', { bin: { 'answer-me': 'answer.js' } }, { 'answer.js': '#!/usr/bin/env node\nconsole.log(42)' }),
  tiny('future', { engines: { node: '>=99' } }, { 'cli.js': 'throw new Error("too old")' }),
];

vi.setConfig({ testTimeout: TEST_LIMIT_MS });

let rig: InstallRig;
beforeAll(async () => {
  rig = await openInstallRig(PACKAGES);
});
afterEach(() => rig.closeHosts());
afterAll(() => rig.close());

const npm = (name: string, more: { integrity?: string; version?: string; bin?: string } = {}): PackageSpec => ({
  runtime: 'npm',
  name,
  version: '1.0.0',
  ...more,
});

describe('npm', () => {
  test('installs the exact version with what it needs, runs its command, and is cached for the next host', async () => {
    const integrity = rig.registry.integrities['good@1.0.0'] ?? '';
    const host = await rig.start(npm('good', { integrity }), ['--flag', 'a b']);
    await settled(host);
    expect(host.status()).toMatchObject({
      package: { name: 'good', version: '1.0.0' },
      install: { cached: false, packages: 2, bytes: expect.any(Number), milliseconds: expect.any(Number) },
    });
    expect(JSON.parse(await (await TestClient.open(host)).tool('x'))).toMatchObject({ args: ['--flag', 'a b'] });
    const asked = rig.registry.requests.length;
    const second = await rig.start(npm('good', { integrity }));
    await settled(second);
    expect(second.status().install).toMatchObject({ cached: true });
    expect(rig.registry.requests.length).toBe(asked);
  });

  test('two hosts that install the same at once both end with one complete copy', async () => {
    const both = await Promise.all([rig.start(npm('two-bins')), rig.start(npm('two-bins'))]);
    await Promise.all(both.map(settled));
    for (const host of both) expect(await (await TestClient.open(host)).tool('x')).toContain('args');
    expect((await readdir(rig.cacheDir)).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  test.each([
    ['scripted', 'a script of its own'],
    ['hopeful', 'an optional dependency that cannot be built'],
  ])('install scripts run, after the integrity was checked: %s has %s', async (name) => {
    const host = await rig.start(npm(name, { integrity: rig.registry.integrities[`${name}@1.0.0`] ?? '' }));
    await settled(host);
    expect(JSON.parse(await (await TestClient.open(host)).tool('x'))).toMatchObject({ built: 1 });
  });

  test.each([
    ['an unknown package', npm('no-such-package'), 'PACKAGE_NOT_FOUND'],
    ['an unknown version', npm('good', { version: '9.9.9' }), 'VERSION_NOT_FOUND'],
    ['another integrity', npm('good', { integrity: `sha512-${'A'.repeat(86)}==` }), 'INTEGRITY_MISMATCH'],
    ['a library', npm('library'), 'NO_BIN'],
    ['several commands, none named after the package', npm('unclear'), 'NO_BIN'],
    ['a command it does not have', npm('good', { bin: 'nope' }), 'NO_BIN'],
    ['a command that was not published', npm('unbuilt'), 'NO_BIN'],
    ['a native part that cannot be built', npm('native'), 'NATIVE_BUILD_FAILED'],
    ['another Node', npm('future'), 'ENGINE_MISMATCH'],
    ['a dependency in a version that the registry lacks', npm('needs-newer'), 'INSTALL_FAILED'],
    ['a dependency that the registry lacks', npm('needs-absent'), 'INSTALL_FAILED'],
  ])('%s fails with a code and a hint', async (_, spec, code) => {
    expect(await failureOf(await rig.start(spec))).toMatchObject({ code, hint: expect.any(String) });
  });

  test.each([
    ['needs-newer', 'needs-newer@1.0.0 needs left@^9.0.0, which the registry does not have.'],
    ['needs-absent', 'needs-absent@1.0.0 needs no-such-package@^1.0.0, which the registry does not have.'],
  ])('names the dependency that %s lacks', async (name, message) => {
    expect(await failureOf(await rig.start(npm(name)))).toMatchObject({ message, retryable: false });
  });

  test.each([false, true])(
    'installs without scripts when one of them fails, with a warning (pinned: %s)',
    async (pinned) => {
      const integrity = rig.registry.integrities['download@1.0.0'] ?? '';
      const host = await rig.start(npm('download', pinned ? { integrity } : {}));
      await settled(host);
      expect(await (await TestClient.open(host)).tool('x')).toContain('args');
      expect(await host.logs()).toContainEqual(
        expect.stringMatching(/Warning: an install script of download@1.0.0 failed/),
      );
    },
  );

  test.each([undefined, 'scoped', '@some/scoped'])(
    'runs a command whose name has a scope (asked for: %s)',
    async (bin) => {
      const host = await rig.start(npm('@some/scoped', bin === undefined ? {} : { bin }));
      await settled(host);
      expect(await (await TestClient.open(host)).tool('x')).toContain('args');
    },
  );

  test('lets a server run the commands of its dependencies, as under npx', async () => {
    const host = await rig.start(npm('calls-command'));
    await settled(host);
    expect(JSON.parse(await (await TestClient.open(host)).tool('x'))).toMatchObject({ args: ['42'] });
  });

  test('while a package installs, callers receive 503 and Retry-After', async () => {
    const host = await rig.start(npm('good', { version: '9.9.9' }));
    const response = await host.request('/mcp', {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params: {} }),
    });
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '2']);
  });
});
