import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import type { PackageSpec } from '../contract.ts';
import { eventually, startTestHost, TestClient, type TestHost } from '../test-rig.ts';
import {
  makeRepository,
  packTarball,
  startNpmRegistry,
  startPythonIndex,
  type TestServer,
} from './registry.testing.ts';

/** The smallest server: tells how it was started. */
const SERVER = `#!/usr/bin/env node
require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, method, params } = JSON.parse(line);
  const result = method === 'initialize'
    ? { protocolVersion: params.protocolVersion, capabilities: {}, serverInfo: { name: 'tiny', version: '1' } }
    : { content: [{ type: 'text', text: JSON.stringify({ args: process.argv.slice(2), built: (() => { try { return require('./built.js'); } catch { return null; } })() }) }] };
  if (id !== undefined) console.log(JSON.stringify({ jsonrpc: '2.0', id, result }));
});
`;
/** Runs a command of one of its dependencies by name. */
const COMMAND_CALLER = SERVER.replace(
  'args: process.argv.slice(2)',
  "args: [require('node:child_process').execFileSync('answer-me', { encoding: 'utf8' }).trim()]",
);
const PYTHON_SERVER = `import json, sys
def main():
    for line in sys.stdin:
        m = json.loads(line)
        if 'id' not in m: continue
        result = {'protocolVersion': m['params']['protocolVersion'], 'capabilities': {}, 'serverInfo': {'name': 'tiny-python', 'version': '1'}} if m['method'] == 'initialize' else {'content': [{'type': 'text', 'text': json.dumps(sys.argv[1:])}]}
        print(json.dumps({'jsonrpc': '2.0', 'id': m['id'], 'result': result}), flush=True)
`;

const tiny = (name: string, manifest: Record<string, unknown> = {}, files: Record<string, string> = {}) => ({
  name,
  version: '1.0.0',
  manifest: { bin: { [name]: 'cli.js' }, ...manifest },
  files: { 'cli.js': SERVER, ...files },
});

let registry: TestServer & { integrities: Record<string, string> };
let cacheDir: string;
let hosts: TestHost[] = [];
const before = { ...process.env };

// npm, pip and git are programs of their own: on a busy computer they take their time.
vi.setConfig({ testTimeout: 180_000 });
const INSTALL_LIMIT_MS = 150_000;

beforeAll(async () => {
  registry = await startNpmRegistry([
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
    tiny(
      'with-command',
      { bin: { 'answer-me': 'answer.js' } },
      { 'answer.js': '#!/usr/bin/env node\nconsole.log(42)' },
    ),
    tiny('future', { engines: { node: '>=99' } }, { 'cli.js': 'throw new Error("too old")' }),
  ]);
  process.env['npm_config_registry'] = registry.url;
  process.env['npm_config_fetch_retries'] = '0';
  process.env['npm_config_cache'] = await mkdtemp(join(tmpdir(), 'catwalk-npm-cache-'));
  cacheDir = await mkdtemp(join(tmpdir(), 'catwalk-cache-'));
});
afterEach(async () => {
  await Promise.all(hosts.map((host) => host.close({ drainMs: 0 })));
  hosts = [];
});
afterAll(async () => {
  process.env = before;
  await registry.close();
  await rm(cacheDir, { recursive: true, force: true });
});

const start = async (spec: PackageSpec, args: string[] = []) => {
  const host = await startTestHost({ package: spec, args }, { cacheDir });
  hosts.push(host);
  return host;
};
const npm = (name: string, more: { integrity?: string; version?: string; bin?: string } = {}): PackageSpec => ({
  runtime: 'npm',
  name,
  version: '1.0.0',
  ...more,
});
const settled = (host: TestHost) =>
  eventually('the install to end', () => host.status().phase !== 'INSTALLING', INSTALL_LIMIT_MS);
const failureOf = async (host: TestHost) => {
  await eventually('the failure', () => host.status().phase === 'FAILED', INSTALL_LIMIT_MS);
  return host.status().lastError;
};

describe('npm', () => {
  test('installs the exact version with what it needs, runs its command, and is cached for the next host', async () => {
    const integrity = registry.integrities['good@1.0.0'] ?? '';
    const host = await start(npm('good', { integrity }), ['--flag', 'a b']);
    await settled(host);
    expect(host.status()).toMatchObject({
      package: { name: 'good', version: '1.0.0' },
      install: { cached: false, packages: 2, bytes: expect.any(Number), milliseconds: expect.any(Number) },
    });
    expect(JSON.parse(await (await TestClient.open(host)).tool('x'))).toMatchObject({ args: ['--flag', 'a b'] });
    const asked = registry.requests.length;
    const second = await start(npm('good', { integrity }));
    await settled(second);
    expect(second.status().install).toMatchObject({ cached: true });
    expect(registry.requests.length).toBe(asked);
  });

  test('two hosts that install the same at once both end with one complete copy', async () => {
    const both = await Promise.all([start(npm('two-bins')), start(npm('two-bins'))]);
    await Promise.all(both.map(settled));
    for (const host of both) expect(await (await TestClient.open(host)).tool('x')).toContain('args');
    expect((await readdir(cacheDir)).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  test.each([
    ['scripted', 'a script of its own'],
    ['hopeful', 'an optional dependency that cannot be built'],
  ])('install scripts run, after the integrity was checked: %s has %s', async (name) => {
    const host = await start(npm(name, { integrity: registry.integrities[`${name}@1.0.0`] ?? '' }));
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
    expect(await failureOf(await start(spec))).toMatchObject({ code, hint: expect.any(String) });
  });

  test.each([
    ['needs-newer', 'needs-newer@1.0.0 needs left@^9.0.0, which the registry does not have.'],
    ['needs-absent', 'needs-absent@1.0.0 needs no-such-package@^1.0.0, which the registry does not have.'],
  ])('names the dependency that %s lacks', async (name, message) => {
    expect(await failureOf(await start(npm(name)))).toMatchObject({ message, retryable: false });
  });

  test.each([false, true])(
    'installs without scripts when one of them fails, with a warning (pinned: %s)',
    async (pinned) => {
      const integrity = registry.integrities['download@1.0.0'] ?? '';
      const host = await start(npm('download', pinned ? { integrity } : {}));
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
      const host = await start(npm('@some/scoped', bin === undefined ? {} : { bin }));
      await settled(host);
      expect(await (await TestClient.open(host)).tool('x')).toContain('args');
    },
  );

  test('lets a server run the commands of its dependencies, as under npx', async () => {
    const host = await start(npm('calls-command'));
    await settled(host);
    expect(JSON.parse(await (await TestClient.open(host)).tool('x'))).toMatchObject({ args: ['42'] });
  });

  test('while a package installs, callers receive 503 and Retry-After', async () => {
    const host = await start(npm('good', { version: '9.9.9' }));
    const response = await host.request('/mcp', {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params: {} }),
    });
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '2']);
  });
});

describe('archives', () => {
  test('a tarball needs a main, nothing more', async () => {
    const { path, integrity } = await packTarball({
      name: 'mine',
      version: '0.0.1',
      manifest: { main: 'server.js' },
      files: { 'server.js': SERVER },
    });
    const host = await start({ runtime: 'archive', path, integrity });
    await settled(host);
    expect(host.status().lastError).toBeNull();
    expect(await (await TestClient.open(host)).tool('x')).toContain('args');
  });

  test('a tarball that has changed is refused', async () => {
    const { path } = await packTarball({ name: 'mine', version: '0.0.1' });
    const host = await start({ runtime: 'archive', path, integrity: `sha512-${'A'.repeat(86)}==` });
    expect(await failureOf(host)).toMatchObject({ code: 'INTEGRITY_MISMATCH' });
  });
});

describe('git', () => {
  test('a commit is built, packed and run; a subfolder too', async () => {
    const manifest = {
      name: 'from-git',
      version: '1.0.0',
      bin: 'cli.js',
      scripts: { prepare: 'echo "module.exports = 2" > built.js' },
    };
    const files = { 'cli.js': SERVER, 'package.json': JSON.stringify(manifest) };
    const repository = await makeRepository({
      ...files,
      ...Object.fromEntries(
        Object.entries(files).map(([name, content]) => [
          `packages/sub/${name}`,
          content.replace('from-git', 'from-sub'),
        ]),
      ),
    });
    for (const [subfolder, name] of [
      [undefined, 'from-git'],
      ['packages/sub', 'from-sub'],
    ] as const) {
      const host = await start({
        runtime: 'git',
        installer: 'npm',
        ...repository,
        ...(subfolder === undefined ? {} : { subfolder }),
      });
      await settled(host);
      expect(host.status()).toMatchObject({ lastError: null, package: { name } });
      expect(JSON.parse(await (await TestClient.open(host)).tool('x'))).toMatchObject({ built: 2 });
    }
  });

  test('an unknown commit and an unknown repository fail with different codes', async () => {
    const { url } = await makeRepository({ 'package.json': '{}' });
    const host = await start({ runtime: 'git', installer: 'npm', url, commit: 'a'.repeat(40) });
    expect(await failureOf(host)).toMatchObject({ code: 'VERSION_NOT_FOUND' });
    const other = await start({ runtime: 'git', installer: 'npm', url: `${url}-not-there`, commit: 'a'.repeat(40) });
    expect(await failureOf(other)).toMatchObject({ code: 'PACKAGE_NOT_FOUND' });
  });
});

describe('pypi', () => {
  let index: Awaited<ReturnType<typeof startPythonIndex>>;
  beforeAll(async () => {
    index = await startPythonIndex('tiny-python', '1.2.3', PYTHON_SERVER);
    process.env['PIP_INDEX_URL'] = `${index.url}/simple`;
    process.env['UV_DEFAULT_INDEX'] = `${index.url}/simple`;
  });
  afterAll(() => index.close());

  test('installs the exact version into an environment of its own and runs its command', async () => {
    const host = await start({ runtime: 'pypi', name: 'tiny-python', version: '1.2.3' }, ['--flag']);
    await eventually('the install to end', () => host.status().phase !== 'INSTALLING', INSTALL_LIMIT_MS);
    expect(host.status()).toMatchObject({ lastError: null, package: { name: 'tiny-python', version: '1.2.3' } });
    expect(JSON.parse(await (await TestClient.open(host)).tool('x'))).toEqual(['--flag']);
  });

  test('installs it from a file with one of the checksums that its version has', async () => {
    const hashes = ['0'.repeat(64), index.hash];
    const host = await start({ runtime: 'pypi', name: 'tiny-python', version: '1.2.3', hashes }, ['--flag']);
    await eventually('the install to end', () => host.status().phase !== 'INSTALLING', INSTALL_LIMIT_MS);
    expect(host.status()).toMatchObject({ lastError: null, package: { version: '1.2.3' } });
    expect(JSON.parse(await (await TestClient.open(host)).tool('x'))).toEqual(['--flag']);
  });

  test('refuses a file with another checksum', async () => {
    const host = await start({ runtime: 'pypi', name: 'tiny-python', version: '1.2.3', hashes: ['0'.repeat(64)] });
    await eventually('the failure', () => host.status().phase === 'FAILED', INSTALL_LIMIT_MS);
    expect(host.status().lastError).toMatchObject({ code: 'INTEGRITY_MISMATCH' });
  });

  test.each([
    ['an unknown package', 'no-such', '1.0.0', 'PACKAGE_NOT_FOUND'],
    ['an unknown version', 'tiny-python', '9.9.9', 'VERSION_NOT_FOUND'],
  ])(
    '%s fails with a code',
    async (_, name, version, code) => {
      const host = await start({ runtime: 'pypi', name, version });
      await eventually('the failure', () => host.status().phase === 'FAILED', INSTALL_LIMIT_MS);
      expect(host.status().lastError).toMatchObject({ code });
    },
    180_000,
  );
});
