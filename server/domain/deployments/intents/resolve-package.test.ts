import { describe, expect, test } from 'vitest';
import type { PackageSpec } from '#deploy/host/package-spec.ts';
import type { Actor } from '#server/domain/actor.ts';
import type { RepositoryAddress } from '#server/domain/analysis/registries/github.ts';
import { createResolvePackage, type ResolveDeps } from './resolve-package.ts';

const ACTOR: Actor = { userId: 'ann', role: 'MEMBER', scope: 'WRITE', via: 'session', ip: null };

/** Registries that know the version 2.0.0 of every package. */
function open(packed: Awaited<ReturnType<ResolveDeps['pack']>> = null, integrity: string | null = 'sha512-new') {
  const asked: unknown[] = [];
  const addresses: [string, RepositoryAddress][] = [];
  const facts = { integrity, hashes: ['sha256:x'] };
  const indexOf = (runtime: 'npm' | 'pypi', bins: Record<string, string> | null) => ({
    getPackage: async (name: string, version: string | null) => {
      asked.push([name, version]);
      return { runtime, name, version: version ?? '2.0.0', bins, ...facts };
    },
  });
  const deps = {
    indexes: { npm: indexOf('npm', { server: 'index.js' }), pypi: indexOf('pypi', null) },
    gitHubOf: async (userId: string) => ({
      findCommit: async (address: RepositoryAddress) => {
        addresses.push([userId, address]);
        return 'new-commit';
      },
    }),
    pack: async (_actor: Actor, source: object) => {
      asked.push(source);
      return packed;
    },
  } as unknown as ResolveDeps; // packages have many more facts, which are not read
  const resolve = createResolvePackage(deps);
  return {
    asked,
    addresses,
    resolve: (spec: PackageSpec, version: string | null = null, source = 'pasted') =>
      resolve(ACTOR, { spec, source }, version, AbortSignal.timeout(10_000)),
  };
}

describe('an npm package', () => {
  const SPEC = { runtime: 'npm', name: 'p', version: '1.0.0', integrity: 'sha512-old', bin: 'server' } as const;

  test('is resolved to the newest or the named version, with its checksum', async () => {
    const { resolve, asked } = open();
    expect(await resolve(SPEC)).toEqual({ ...SPEC, version: '2.0.0', integrity: 'sha512-new' });
    expect(await resolve(SPEC, '1.5.0')).toMatchObject({ version: '1.5.0' });
    expect(asked).toEqual([
      ['p', null],
      ['p', '1.5.0'],
    ]);
  });

  test('loses a bin that the version no longer has, and a checksum that the registry does not have', async () => {
    const { resolve } = open(null, null);
    expect(await resolve({ ...SPEC, bin: 'renamed' })).toEqual({ runtime: 'npm', name: 'p', version: '2.0.0' });
    expect(await resolve({ ...SPEC, bin: 'toString' })).not.toHaveProperty('bin');
    const { bin: _bin, ...binless } = SPEC;
    expect(await resolve(binless)).not.toHaveProperty('bin');
  });
});

test('a PyPI package keeps its bin and gets the hashes of its version', async () => {
  const { resolve } = open();
  expect(await resolve({ runtime: 'pypi', name: 'p', version: '1.0', bin: 'server' })).toEqual({
    runtime: 'pypi',
    name: 'p',
    version: '2.0.0',
    hashes: ['sha256:x'],
    bin: 'server',
  });
});

describe('a git repository', () => {
  const SPEC = { runtime: 'git', installer: 'npm', url: 'https://github.com/Owner/repo.git', commit: 'old' } as const;
  const TREE = 'https://github.com/owner/repo/tree/next/packages/server';

  test.each<[string, string | null, string, object]>([
    ['the named version', 'v2', TREE, { ref: 'v2', treePath: null }],
    ['the default branch', null, 'p', { ref: null, treePath: null }],
    [
      'the default branch, when another repository was pasted',
      null,
      'https://github.com/owner/other/tree/x',
      { ref: null, treePath: null },
    ],
    [
      'the default branch, when a repository of another owner was pasted',
      null,
      'https://github.com/x/repo/tree/x',
      { ref: null, treePath: null },
    ],
    ['the default branch, when the pasted text is not a source any more', null, '', { ref: null, treePath: null }],
  ])('is resolved to a commit of %s', async (_what, version, source, expected) => {
    const { resolve, addresses } = open();
    expect(await resolve(SPEC, version, source)).toEqual({ ...SPEC, commit: 'new-commit' });
    expect(addresses).toEqual([['ann', { owner: 'Owner', repo: 'repo', ...expected }]]);
  });

  test('is resolved to a commit of the branch that was pasted', async () => {
    const { resolve, addresses } = open();
    await resolve(SPEC, null, TREE);
    expect(addresses[0]?.[1]).toMatchObject({ treePath: expect.stringContaining('next') });
  });
});

describe('a folder or tarball', () => {
  const SPEC = { runtime: 'archive', path: '/old.tgz', integrity: 'sha512-old', bin: 'server' } as const;
  const packed = (bin: Record<string, string> | string) => ({
    path: '/new.tgz',
    integrity: 'sha512-new',
    manifest: { name: 'p', version: '1.0.0', bin },
  });

  test('is packed as it is now, and keeps a bin that it still has', async () => {
    const { resolve, asked } = open(packed({ server: 'a.js' }));
    expect(await resolve(SPEC, null, '/home/ann/server')).toEqual({
      ...SPEC,
      path: '/new.tgz',
      integrity: 'sha512-new',
    });
    expect(asked).toMatchObject([{ kind: 'folder' }]);
    const renamed = open(packed('a.js'));
    expect(await renamed.resolve(SPEC, null, '/home/ann/server.tgz')).not.toHaveProperty('bin');
    expect(renamed.asked).toMatchObject([{ kind: 'archive' }]);
  });

  test('stays as it was deployed where it cannot be read again', async () => {
    expect(await open().resolve(SPEC, null, '/home/ann/server')).toEqual(SPEC);
    const { resolve, asked } = open(packed('a.js'));
    expect(await resolve(SPEC, null, 'not-a-path')).toEqual(SPEC);
    expect(asked).toEqual([]);
  });

  test('has no versions', async () => {
    await expect(open().resolve(SPEC, '1.0.0')).rejects.toMatchObject({
      code: 'VERSION_NOT_FOUND',
      kind: 'invalid-input',
    });
  });
});

test('a command stays as it is, and has no versions', async () => {
  const spec = { runtime: 'command', command: 'node', args: ['a.js'] } as const;
  const { resolve } = open();
  expect(await resolve({ ...spec, args: [...spec.args] })).toEqual(spec);
  await expect(resolve({ ...spec, args: [] }, '1.0.0')).rejects.toMatchObject({ code: 'VERSION_NOT_FOUND' });
});
