import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { COMMIT, startWebStandIn } from '../registries/stand-ins/web.ts';
import { FILES, HOME, MANIFEST, openPipeline, outcome, type Pipeline } from './pipeline.testing.ts';

let pipeline: Pipeline;
beforeEach(async () => {
  pipeline = await openPipeline();
});
afterEach(() => pipeline.close());

describe('a GitHub repository', () => {
  test('is deployed from the package that leads back to it', async () => {
    pipeline.web.repository('o/r', FILES);
    pipeline.npm.publish({ ...MANIFEST, ...HOME }, {});
    const { result, isPartial } = await pipeline.analyze('https://github.com/o/r');
    expect(isPartial).toBe(false);
    expect(outcome(result)).toEqual([['npm', 'a-mcp', '2.0.0', true, true]]);
    expect(result.candidates[0]?.credentials).toMatchObject([
      {
        name: 'A_TOKEN',
        kind: 'SECRET',
        required: false,
        requirement: 'LAZY',
        evidence: [{ kind: 'SOURCE_CODE', file: 'src/index.ts', line: 1 }, { kind: 'README' }],
      },
    ]);
  });

  test('requires confirmation of a package with that name from another publisher', async () => {
    pipeline.web.repository('o/r', FILES);
    pipeline.npm.publish({ ...MANIFEST, repository: 'https://github.com/else/where' }, {});
    const { result } = await pipeline.analyze('o/r');
    expect(outcome(result)).toEqual([['npm', 'a-mcp', '2.0.0', true, false]]);
    expect(result.warnings).toContainEqual(expect.objectContaining({ code: 'UNVERIFIED_PACKAGE', weight: 'CONFIRM' }));
  });

  test('installs an unpublished name from the commit that was read, never by its name', async () => {
    pipeline.web.repository('o/r', FILES);
    const { result } = await pipeline.analyze('o/r');
    expect(outcome(result)).toEqual([['git', 'o/r', COMMIT, true, true]]);
    expect(result.candidates[0]?.spec).toEqual({
      runtime: 'git',
      installer: 'npm',
      url: 'https://github.com/o/r.git',
      commit: COMMIT,
      bin: 'a-mcp',
    });
  });

  test('a branch may hold slashes, and a folder may follow it', async () => {
    pipeline.web.repository('o/r', {
      'servers/a/package.json': JSON.stringify({ ...MANIFEST }),
      'servers/b/package.json': JSON.stringify({ ...MANIFEST, name: 'b-mcp' }),
    });
    pipeline.web.answer('/repos/o/r/commits/feature', { status: 422 });
    pipeline.web.answer('/repos/o/r/commits/feature/x', { body: { sha: COMMIT } });
    pipeline.npm.publish({ ...MANIFEST, ...HOME }, {});
    const { result } = await pipeline.analyze('https://github.com/o/r/tree/feature/x/servers/a');
    expect(result.candidates.map(({ package: name, subfolder }) => [name, subfolder])).toEqual([
      ['a-mcp', 'servers/a'],
    ]);
  });

  test('every server of a monorepo is listed; examples, private packages and libraries are not', async () => {
    const named = (name: string, more = {}) => JSON.stringify({ ...MANIFEST, name, ...more });
    pipeline.web.repository('o/r', {
      'package.json': JSON.stringify({ name: 'root', private: true }),
      'src/a/package.json': named('a-mcp'),
      'src/b/package.json': named('b-mcp'),
      'src/lib/package.json': JSON.stringify({ name: 'lib', version: '1.0.0' }),
      'src/hidden/package.json': named('hidden-mcp', { private: true }),
      'examples/c/package.json': named('c-mcp'),
    });
    pipeline.npm.publish({ ...MANIFEST, ...HOME }, {});
    const { result } = await pipeline.analyze('o/r');
    expect(result.candidates.map((one) => one.subfolder).sort()).toEqual(['src/a', 'src/b']);
  });

  test('an npm package in a folder of a repository is installed from there when it is not published', async () => {
    pipeline.web.repository('o/r', {
      'package.json': JSON.stringify({ name: 'root', private: true }),
      'src/b/package.json': JSON.stringify({ ...MANIFEST, name: 'b-mcp' }),
    });
    const { result } = await pipeline.analyze('o/r');
    expect(result.candidates).toMatchObject([
      {
        runtime: 'git',
        deployable: true,
        runCommand: `npx -y github:o/r#${COMMIT.slice(0, 12)}::path:src/b`,
        spec: { runtime: 'git', installer: 'npm', commit: COMMIT, subfolder: 'src/b' },
      },
    ]);
  });

  test('reports a repository that is not a server', async () => {
    pipeline.web.repository('o/r', {
      'package.json': JSON.stringify({ name: 'web', version: '1.0.0' }),
      'README.md': '# A web framework',
    });
    const { result } = await pipeline.analyze('o/r');
    expect(result.candidates).toMatchObject([
      { verdict: 'NOT_MCP', deployable: false, notDeployableReason: expect.any(String) },
    ]);
  });

  test('reads a repository file by file if its tarball is too large', async () => {
    pipeline.web.repository('o/r', FILES, { size: 500_000 });
    pipeline.npm.publish({ ...MANIFEST, ...HOME }, {});
    expect((await pipeline.analyze('o/r')).result.candidates[0]?.credentials).toMatchObject([{ name: 'A_TOKEN' }]);
    expect(pipeline.web.requests.some(({ path }) => path.includes('tarball'))).toBe(false);
  });

  test('warns that a repository is archived', async () => {
    pipeline.web.repository('o/r', FILES, { archived: true });
    pipeline.npm.publish({ ...MANIFEST, ...HOME }, {});
    const archived = (await pipeline.analyze('o/r')).result.warnings.filter(({ code }) => code === 'ARCHIVED');
    expect(archived).toMatchObject([{ weight: 'CAUTION' }]);
  });

  test('sends conditional requests when it analyzes a repository again', async () => {
    pipeline.web.repository('o/r', FILES);
    const body = { full_name: 'o/r', default_branch: 'main', size: 10 };
    pipeline.web.answer('/repos/o/r', (headers) =>
      headers['if-none-match'] === '"1"' ? { status: 304 } : { headers: { etag: '"1"' }, body },
    );
    pipeline.npm.publish({ ...MANIFEST, ...HOME }, {});
    await pipeline.analyze('o/r');
    expect(outcome((await pipeline.analyze('o/r')).result)).toEqual([['npm', 'a-mcp', '2.0.0', true, true]]);
    expect(
      pipeline.web.requests.filter(({ path }) => path === '/repos/o/r').map(({ headers }) => headers['if-none-match']),
    ).toEqual([undefined, '"1"']);
  });

  test('the token goes to GitHub, and nowhere that GitHub redirects to', async () => {
    const elsewhere = await startWebStandIn();
    pipeline.web.repository('o/r', FILES);
    pipeline.web.answer(`/repos/o/r/tarball/${COMMIT}`, {
      status: 302,
      headers: { location: `${elsewhere.url}/codeload` },
    });
    pipeline.npm.publish({ ...MANIFEST, ...HOME }, {});
    // the other origin is a private address that is not configured: it is not visited, and the files come one by one
    await expect(pipeline.analyze('o/r')).resolves.toMatchObject({ isPartial: false });
    expect(elsewhere.requests).toEqual([]);
    expect(pipeline.web.requests[0]?.headers.authorization).toBe('Bearer github-token');
    await elsewhere.close();
  });

  test('reports a repository that does not exist at once', async () => {
    await expect(pipeline.analyze('o/absent')).rejects.toMatchObject({
      code: 'REPOSITORY_NOT_FOUND',
      retryable: false,
    });
  });
});

test('a PyPI package is read from its source distribution', async () => {
  pipeline.web.project(
    { name: 'mcp-server-x', version: '1.2.0', summary: 'An MCP server', requires_dist: ['mcp>=1.0'] },
    {
      'pyproject.toml':
        '[project]\nname = "mcp-server-x"\nversion = "1.2.0"\ndependencies = ["mcp"]\n[project.scripts]\nmcp-server-x = "x:main"\n',
      'src/x.py': 'import os\nKEY = os.environ["X_API_KEY"]\nLEVEL = os.getenv("X_MODE", "fast")\n',
    },
  );
  const { result } = await pipeline.analyze('pypi:mcp-server-x');
  expect(result.candidates).toMatchObject([
    {
      runtime: 'pypi',
      deployable: true,
      spec: { runtime: 'pypi', name: 'mcp-server-x', version: '1.2.0', bin: 'mcp-server-x' },
      credentials: [
        { name: 'X_API_KEY', requirement: 'HARD', kind: 'SECRET' },
        { name: 'X_MODE', requirement: 'OPTIONAL', default: 'fast' },
      ],
    },
  ]);
  await expect(pipeline.analyze('pypi:mcp-server-x==9')).rejects.toMatchObject({ code: 'VERSION_NOT_FOUND' });
  await expect(pipeline.analyze('pypi:absent')).rejects.toMatchObject({ code: 'PACKAGE_NOT_FOUND' });
});

test('looks up a registry name, and reports one that is missing', async () => {
  await expect(pipeline.analyze('io.github.o/absent')).rejects.toMatchObject({
    code: 'NOT_FOUND',
    hint: expect.any(String),
  });
  pipeline.web.answer(`/v0.1/servers/${encodeURIComponent('io.github.o/far')}/versions/latest`, {
    body: {
      server: { name: 'io.github.o/far', remotes: [{ type: 'streamable-http', url: 'https://far.example/mcp' }] },
    },
  });
  expect((await pipeline.analyze('io.github.o/far')).result.candidates).toMatchObject([
    { runtime: 'remote', verdict: 'REMOTE_ONLY', deployable: true, spec: { url: 'https://far.example/mcp' } },
  ]);
});
