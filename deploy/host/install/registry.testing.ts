/** Package sources on loopback for tests: an npm registry, a simple index of wheels, a git repository on disk. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { create } from 'tar';

const run = promisify(execFile);

export type TestPackage = {
  name: string;
  version: string;
  manifest?: Record<string, unknown>;
  files?: Record<string, string>;
};

export const writeTree = async (folder: string, files: Record<string, string>): Promise<void> => {
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content, { mode: 0o755 });
  }
};

/** Packs a package as the registry has it; resolves to the tarball's path and integrity. */
export const packTarball = async (pack: TestPackage): Promise<{ path: string; integrity: string }> => {
  const folder = await mkdtemp(join(tmpdir(), 'catwalk-package-'));
  const manifest = { name: pack.name, version: pack.version, ...pack.manifest };
  await writeTree(join(folder, 'package'), { 'package.json': JSON.stringify(manifest), ...pack.files });
  const path = join(folder, 'package.tgz');
  await create({ gzip: true, cwd: folder, file: path }, ['package']);
  const hash = createHash('sha512').update(await readFile(path));
  return { path, integrity: `sha512-${hash.digest('base64')}` };
};

export type TestServer = { url: string; requests: string[]; close(): Promise<void> };

export const serve = async (
  answer: (path: string, base: string) => Promise<string | Buffer | null>,
): Promise<TestServer> => {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const path = decodeURIComponent(request.url ?? '/');
    requests.push(path);
    answer(path, base()).then(
      (body) => {
        response.statusCode = body === null ? 404 : 200;
        if (typeof body === 'string')
          response.setHeader('content-type', body.startsWith('<') ? 'text/html' : 'application/json');
        response.end(body ?? '{"error":"not found"}');
      },
      (error: unknown) => response.destroy(error instanceof Error ? error : undefined),
    );
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const base = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`; // a TCP listener has an AddressInfo
  return {
    url: base(),
    requests,
    close: () =>
      new Promise((closed) => {
        server.closeAllConnections();
        server.close(() => closed());
      }),
  };
};

/** `integrity` of each package is what the registry announces: another than the tarball's is a tampered package. */
export const startNpmRegistry = async (
  packages: TestPackage[],
): Promise<TestServer & { integrities: Record<string, string> }> => {
  const tarballs = await Promise.all(
    packages.map(async (pack) => {
      const { path, integrity } = await packTarball(pack);
      const content = await readFile(path);
      await rm(dirname(path), { recursive: true });
      return { pack, integrity, content };
    }),
  );
  const server = await serve(async (path, base) => {
    const wanted = /^\/tarballs\/(\d+)\.tgz$/.exec(path)?.[1];
    if (wanted !== undefined) return tarballs[Number(wanted)]?.content ?? null;
    const versions = tarballs.flatMap(({ pack, integrity }, index) =>
      `/${pack.name}` === path
        ? [
            {
              name: pack.name,
              version: pack.version,
              ...pack.manifest,
              dist: { tarball: `${base}/tarballs/${index}.tgz`, integrity },
            },
          ]
        : [],
    );
    const latest = versions.at(-1);
    if (!latest) return null;
    const byVersion = Object.fromEntries(versions.map((version) => [version.version, version]));
    return JSON.stringify({ name: latest.name, 'dist-tags': { latest: latest.version }, versions: byVersion });
  });
  const integrities = Object.fromEntries(
    tarballs.map(({ pack, integrity }) => [`${pack.name}@${pack.version}`, integrity]),
  );
  return { ...server, integrities };
};

const WHEEL = `
import sys, zipfile, json
path, name, version, files = sys.argv[1], sys.argv[2], sys.argv[3], json.loads(sys.argv[4])
module = name.replace('-', '_')
info = f'{module}-{version}.dist-info'
files[f'{info}/METADATA'] = f'Metadata-Version: 2.1\\nName: {name}\\nVersion: {version}\\n'
files[f'{info}/WHEEL'] = 'Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n'
files[f'{info}/RECORD'] = ''.join(f'{f},,\\n' for f in files) + f'{info}/RECORD,,\\n'
with zipfile.ZipFile(path, 'w') as z:
    for f, content in files.items(): z.writestr(f, content)
`;

/** A simple index with one wheel whose command is `command = module:main`, and the wheel's SHA-256. */
export const startPythonIndex = async (
  name: string,
  version: string,
  source: string,
): Promise<TestServer & { hash: string }> => {
  const folder = await mkdtemp(join(tmpdir(), 'catwalk-wheel-'));
  const module = name.replaceAll('-', '_');
  const wheel = `${module}-${version}-py3-none-any.whl`;
  const files = {
    [`${module}.py`]: source,
    [`${module}-${version}.dist-info/entry_points.txt`]: `[console_scripts]\n${name} = ${module}:main\n`,
  };
  await run('python3', ['-c', WHEEL, join(folder, wheel), name, version, JSON.stringify(files)]);
  const content = await readFile(join(folder, wheel));
  await rm(folder, { recursive: true });
  const server = await serve(async (path) => {
    if (path === `/simple/${name}/`) return `<!DOCTYPE html><a href="/wheels/${wheel}">${wheel}</a>`;
    return path === `/wheels/${wheel}` ? content : null;
  });
  return { ...server, hash: createHash('sha256').update(content).digest('hex') };
};

/** A git repository on disk with one commit. */
export const makeRepository = async (files: Record<string, string>): Promise<{ url: string; commit: string }> => {
  const folder = await mkdtemp(join(tmpdir(), 'catwalk-repository-'));
  await writeTree(folder, files);
  const git = (...args: string[]) =>
    run('git', ['-C', folder, '-c', 'user.name=test', '-c', 'user.email=test@example.com', ...args]);
  await git('init', '--quiet');
  await git('add', '.');
  await git('commit', '--quiet', '-m', 'first');
  const { stdout } = await git('rev-parse', 'HEAD');
  return { url: `file://${folder}`, commit: stdout.trim() };
};
