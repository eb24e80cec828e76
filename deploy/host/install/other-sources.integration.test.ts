import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { TestClient } from '../test-rig.ts';
import { failureOf, type InstallRig, openInstallRig, SERVER, settled, TEST_LIMIT_MS } from './install-rig.testing.ts';
import { makeRepository, packTarball, startPythonIndex } from './registry.testing.ts';

const PYTHON_SERVER = `import json, sys
def main():
    for line in sys.stdin:
        m = json.loads(line)
        if 'id' not in m: continue
        result = {'protocolVersion': m['params']['protocolVersion'], 'capabilities': {}, 'serverInfo': {'name': 'tiny-python', 'version': '1'}} if m['method'] == 'initialize' else {'content': [{'type': 'text', 'text': json.dumps(sys.argv[1:])}]}
        print(json.dumps({'jsonrpc': '2.0', 'id': m['id'], 'result': result}), flush=True)
`;

/** A build backend of the repository itself (PEP 517): it needs no index. */
const PYTHON_BACKEND = `import os, zipfile
INFO = 'in_folder-0.2.0.dist-info'
FILES = {
    'in_folder.py': None,
    INFO + '/METADATA': 'Metadata-Version: 2.1\\nName: in-folder\\nVersion: 0.2.0\\n',
    INFO + '/WHEEL': 'Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n',
    INFO + '/entry_points.txt': '[console_scripts]\\nin-folder = in_folder:main\\n',
}
def build_wheel(folder, config_settings=None, metadata_directory=None):
    name = 'in_folder-0.2.0-py3-none-any.whl'
    with zipfile.ZipFile(os.path.join(folder, name), 'w') as z:
        for path, text in FILES.items():
            z.writestr(path, open(path).read() if text is None else text)
        z.writestr(INFO + '/RECORD', ''.join(f'{path},,\\n' for path in FILES) + INFO + '/RECORD,,\\n')
    return name
`;

vi.setConfig({ testTimeout: TEST_LIMIT_MS });

let rig: InstallRig;
beforeAll(async () => {
  rig = await openInstallRig();
});
afterEach(() => rig.closeHosts());
afterAll(() => rig.close());

describe('archives', () => {
  test('a tarball needs a main, nothing more', async () => {
    const { path, integrity } = await packTarball({
      name: 'mine',
      version: '0.0.1',
      manifest: { main: 'server.js' },
      files: { 'server.js': SERVER },
    });
    const host = await rig.start({ runtime: 'archive', path, integrity });
    await settled(host);
    expect(host.status().lastError).toBeNull();
    expect(await (await TestClient.open(host)).tool('x')).toContain('args');
  });

  test('a tarball that has changed is refused', async () => {
    const { path } = await packTarball({ name: 'mine', version: '0.0.1' });
    const host = await rig.start({ runtime: 'archive', path, integrity: `sha512-${'A'.repeat(86)}==` });
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
      const host = await rig.start({
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

  test('a Python package in a subfolder is built by its own backend and run', async () => {
    const repository = await makeRepository({
      'README.md': 'The server is in a folder.',
      'servers/py/pyproject.toml': `[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]

[project]
name = "in-folder"
version = "0.2.0"
`,
      'servers/py/backend.py': PYTHON_BACKEND,
      'servers/py/in_folder.py': PYTHON_SERVER,
    });
    const host = await rig.start(
      { runtime: 'git', installer: 'pypi', ...repository, subfolder: 'servers/py', bin: 'in-folder' },
      ['--flag'],
    );
    await settled(host);
    expect(host.status()).toMatchObject({ lastError: null, package: { name: 'in-folder', version: '0.2.0' } });
    expect(JSON.parse(await (await TestClient.open(host)).tool('x'))).toEqual(['--flag']);
  });

  test('an unknown commit and an unknown repository fail with different codes', async () => {
    const { url } = await makeRepository({ 'package.json': '{}' });
    const host = await rig.start({ runtime: 'git', installer: 'npm', url, commit: 'a'.repeat(40) });
    expect(await failureOf(host)).toMatchObject({ code: 'VERSION_NOT_FOUND' });
    const other = await rig.start({
      runtime: 'git',
      installer: 'npm',
      url: `${url}-not-there`,
      commit: 'a'.repeat(40),
    });
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
    const host = await rig.start({ runtime: 'pypi', name: 'tiny-python', version: '1.2.3' }, ['--flag']);
    await settled(host);
    expect(host.status()).toMatchObject({ lastError: null, package: { name: 'tiny-python', version: '1.2.3' } });
    expect(JSON.parse(await (await TestClient.open(host)).tool('x'))).toEqual(['--flag']);
  });

  test('installs it from a file with one of the checksums that its version has', async () => {
    const hashes = ['0'.repeat(64), index.hash];
    const host = await rig.start({ runtime: 'pypi', name: 'tiny-python', version: '1.2.3', hashes }, ['--flag']);
    await settled(host);
    expect(host.status()).toMatchObject({ lastError: null, package: { version: '1.2.3' } });
    expect(JSON.parse(await (await TestClient.open(host)).tool('x'))).toEqual(['--flag']);
  });

  test('refuses a file with another checksum', async () => {
    const host = await rig.start({ runtime: 'pypi', name: 'tiny-python', version: '1.2.3', hashes: ['0'.repeat(64)] });
    expect(await failureOf(host)).toMatchObject({ code: 'INTEGRITY_MISMATCH' });
  });

  test.each([
    ['an unknown package', 'no-such', '1.0.0', 'PACKAGE_NOT_FOUND'],
    ['an unknown version', 'tiny-python', '9.9.9', 'VERSION_NOT_FOUND'],
  ])('%s fails with a code', async (_, name, version, code) => {
    const host = await rig.start({ runtime: 'pypi', name, version });
    expect(await failureOf(host)).toMatchObject({ code });
  });
});
