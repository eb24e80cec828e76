import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createAnalysisTools } from '#server/compose/analysis-tools.ts';
import { analyzeSource } from '../analyze.ts';
import type { AnalysisTools } from '../context.ts';
import { type NpmStandIn, startNpmStandIn } from '../registries/stand-ins/npm-registry.ts';
import { COMMIT, startWebStandIn, type WebStandIn } from '../registries/stand-ins/web.ts';
import type { AnalysisResult } from '../result.ts';
import { parseSource } from '../source/parse-source.ts';

const MANIFEST = {
  name: 'a-mcp',
  version: '2.0.0',
  bin: 'dist/index.js',
  dependencies: { '@modelcontextprotocol/sdk': '1' },
};
const HOME = { repository: 'https://github.com/o/r' };
const README =
  '# A\n```json\n{"mcpServers": {"a": {"command": "npx", "args": ["-y", "a-mcp"], "env": {"A_TOKEN": "<your token>"}}}}\n```\n';
const FILES = {
  'package.json': JSON.stringify(MANIFEST),
  'README.md': README,
  'src/index.ts': 'const t = process.env.A_TOKEN;\n',
};

let npm: NpmStandIn;
let web: WebStandIn;
let folder: string;
let tools: AnalysisTools;
let close: () => Promise<void>;
let now: Date;

beforeEach(async () => {
  [npm, web, folder] = await Promise.all([
    startNpmStandIn(),
    startWebStandIn(),
    mkdtemp(join(tmpdir(), 'catwalk-repository-')),
  ]);
  now = new Date('2026-06-01T00:00:00Z');
  ({ tools, close } = createAnalysisTools({
    npmConfiguration: { cache: join(folder, 'npm') },
    npmRegistryUrl: npm.url,
    githubApiUrl: web.url,
    githubToken: 'github-token',
    pypiUrl: web.url,
    mcpRegistryUrl: web.url,
    dataDir: folder,
    now: () => now,
  }));
});
afterEach(async () => {
  await close();
  await Promise.all([npm.close(), web.close()]);
  await rm(folder, { recursive: true, force: true });
});

const signal = () => AbortSignal.timeout(20_000);
const analyze = (source: string) =>
  analyzeSource(parseSource(source, { localPathsAllowed: false }), tools, async () => {}, signal());
const outcome = (result: AnalysisResult) =>
  result.candidates.map((one) => [one.runtime, one.package, one.version, one.deployable, one.verified]);

describe('a GitHub repository', () => {
  test('is deployed from the package that leads back to it', async () => {
    web.repository('o/r', FILES);
    npm.publish({ ...MANIFEST, ...HOME }, {});
    const { result, isPartial } = await analyze('https://github.com/o/r');
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
    web.repository('o/r', FILES);
    npm.publish({ ...MANIFEST, repository: 'https://github.com/else/where' }, {});
    const { result } = await analyze('o/r');
    expect(outcome(result)).toEqual([['npm', 'a-mcp', '2.0.0', true, false]]);
    expect(result.warnings).toContainEqual(expect.objectContaining({ code: 'UNVERIFIED_PACKAGE', weight: 'CONFIRM' }));
  });

  test('installs an unpublished name from the commit that was read, never by its name', async () => {
    web.repository('o/r', FILES);
    const { result } = await analyze('o/r');
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
    web.repository('o/r', {
      'servers/a/package.json': JSON.stringify({ ...MANIFEST }),
      'servers/b/package.json': JSON.stringify({ ...MANIFEST, name: 'b-mcp' }),
    });
    web.answer('/repos/o/r/commits/feature', { status: 422 });
    web.answer('/repos/o/r/commits/feature/x', { body: { sha: COMMIT } });
    npm.publish({ ...MANIFEST, ...HOME }, {});
    const { result } = await analyze('https://github.com/o/r/tree/feature/x/servers/a');
    expect(result.candidates.map(({ package: name, subfolder }) => [name, subfolder])).toEqual([
      ['a-mcp', 'servers/a'],
    ]);
  });

  test('every server of a monorepo is listed; examples, private packages and libraries are not', async () => {
    const named = (name: string, more = {}) => JSON.stringify({ ...MANIFEST, name, ...more });
    web.repository('o/r', {
      'package.json': JSON.stringify({ name: 'root', private: true }),
      'src/a/package.json': named('a-mcp'),
      'src/b/package.json': named('b-mcp'),
      'src/lib/package.json': JSON.stringify({ name: 'lib', version: '1.0.0' }),
      'src/hidden/package.json': named('hidden-mcp', { private: true }),
      'examples/c/package.json': named('c-mcp'),
    });
    npm.publish({ ...MANIFEST, ...HOME }, {});
    const { result } = await analyze('o/r');
    expect(result.candidates.map((one) => one.subfolder).sort()).toEqual(['src/a', 'src/b']);
  });

  test('an npm package in a folder of a repository is installed from there when it is not published', async () => {
    web.repository('o/r', {
      'package.json': JSON.stringify({ name: 'root', private: true }),
      'src/b/package.json': JSON.stringify({ ...MANIFEST, name: 'b-mcp' }),
    });
    const { result } = await analyze('o/r');
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
    web.repository('o/r', {
      'package.json': JSON.stringify({ name: 'web', version: '1.0.0' }),
      'README.md': '# A web framework',
    });
    const { result } = await analyze('o/r');
    expect(result.candidates).toMatchObject([
      { verdict: 'NOT_MCP', deployable: false, notDeployableReason: expect.any(String) },
    ]);
  });

  test('reads a repository file by file if its tarball is too large', async () => {
    web.repository('o/r', FILES, { size: 500_000 });
    npm.publish({ ...MANIFEST, ...HOME }, {});
    expect((await analyze('o/r')).result.candidates[0]?.credentials).toMatchObject([{ name: 'A_TOKEN' }]);
    expect(web.requests.some(({ path }) => path.includes('tarball'))).toBe(false);
  });

  test('warns that a repository is archived', async () => {
    web.repository('o/r', FILES, { archived: true });
    npm.publish({ ...MANIFEST, ...HOME }, {});
    const archived = (await analyze('o/r')).result.warnings.filter(({ code }) => code === 'ARCHIVED');
    expect(archived).toMatchObject([{ weight: 'CAUTION' }]);
  });

  test('sends conditional requests when it analyzes a repository again', async () => {
    web.repository('o/r', FILES);
    const body = { full_name: 'o/r', default_branch: 'main', size: 10 };
    web.answer('/repos/o/r', (headers) =>
      headers['if-none-match'] === '"1"' ? { status: 304 } : { headers: { etag: '"1"' }, body },
    );
    npm.publish({ ...MANIFEST, ...HOME }, {});
    await analyze('o/r');
    expect(outcome((await analyze('o/r')).result)).toEqual([['npm', 'a-mcp', '2.0.0', true, true]]);
    expect(
      web.requests.filter(({ path }) => path === '/repos/o/r').map(({ headers }) => headers['if-none-match']),
    ).toEqual([undefined, '"1"']);
  });

  test('the token goes to GitHub, and nowhere that GitHub redirects to', async () => {
    const elsewhere = await startWebStandIn();
    web.repository('o/r', FILES);
    web.answer(`/repos/o/r/tarball/${COMMIT}`, { status: 302, headers: { location: `${elsewhere.url}/codeload` } });
    npm.publish({ ...MANIFEST, ...HOME }, {});
    // the other origin is a private address that is not configured: it is not visited, and the files come one by one
    await expect(analyze('o/r')).resolves.toMatchObject({ isPartial: false });
    expect(elsewhere.requests).toEqual([]);
    expect(web.requests[0]?.headers.authorization).toBe('Bearer github-token');
    await elsewhere.close();
  });

  test('reports a repository that does not exist at once', async () => {
    await expect(analyze('o/absent')).rejects.toMatchObject({ code: 'REPOSITORY_NOT_FOUND', retryable: false });
  });
});

describe('when GitHub cannot be asked', () => {
  test.each([
    ['it is down', { status: 503 }, 'GITHUB_UNREACHABLE'],
    [
      'it allows no more requests',
      { status: 403, headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1790000000' } },
      'GITHUB_RATE_LIMITED',
    ],
    [
      'it was asked too fast',
      { status: 403, body: { message: 'You have exceeded a secondary rate limit.' } },
      'GITHUB_RATE_LIMITED',
    ],
  ])('and %s, npm answers alone if the package leads back', async (_, answer, code) => {
    web.answer('/repos/o/a-mcp-server', answer);
    npm.publish({ ...MANIFEST, repository: 'github:o/a-mcp-server' }, { 'dist/index.js': '', 'README.md': README });
    const { result, isPartial } = await analyze('o/a-mcp-server');
    expect(isPartial).toBe(true);
    expect(outcome(result)).toEqual([['npm', 'a-mcp', '2.0.0', true, true]]);
    expect(result.warnings[0]).toMatchObject({ code });
  });

  test('ignores a package of the same name from another repository', async () => {
    web.answer('/repos/o/a-mcp', { status: 503 });
    npm.publish({ ...MANIFEST, repository: 'github:else/where' }, {});
    await expect(analyze('o/a-mcp')).rejects.toMatchObject({ code: 'GITHUB_UNREACHABLE' });
    expect(npm.requests.filter((path) => !path.includes('/-/'))).toHaveLength(2);
  });

  test('sends no request to GitHub until it allows requests again', async () => {
    web.answer('/repos/o/r', { status: 429, headers: { 'retry-after': '60' } });
    await expect(analyze('o/r')).rejects.toMatchObject({ code: 'GITHUB_RATE_LIMITED' });
    const before = web.requests.filter(({ path }) => path.startsWith('/repos')).length;
    await expect(analyze('o/r')).rejects.toMatchObject({ code: 'GITHUB_RATE_LIMITED' });
    expect(web.requests.filter(({ path }) => path.startsWith('/repos'))).toHaveLength(before);
    now = new Date(now.getTime() + 61_000);
    web.repository('o/r', FILES);
    expect((await analyze('o/r')).result.candidates).toHaveLength(1);
  });

  test('repeats no refused request to GitHub, and waits an hour at most', async () => {
    const headers = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '99999999999' };
    web.answer('/repos/o/r', { status: 404, headers });
    await expect(analyze('o/r')).rejects.toMatchObject({ code: 'REPOSITORY_NOT_FOUND' });
    await expect(analyze('o/q')).rejects.toMatchObject({ code: 'GITHUB_RATE_LIMITED' });
    expect(web.requests.filter(({ path }) => path.startsWith('/repos'))).toHaveLength(1);
    now = new Date(now.getTime() + 3_600_001);
    await expect(analyze('o/q')).rejects.toMatchObject({ code: 'REPOSITORY_NOT_FOUND' });
  });

  test('keeps the files read before the limit, and reports that files are missing', async () => {
    web.repository('o/r', { ...FILES, 'src/deep/down/below.ts': 'process.env.NOT_READ;\n' }, { size: 500_000 });
    npm.publish({ ...MANIFEST, ...HOME }, {});
    web.answer('/repos/o/r/git/blobs/3', { status: 429, headers: { 'retry-after': '60' } });
    const { result } = await analyze('o/r');
    expect(outcome(result)).toEqual([['npm', 'a-mcp', '2.0.0', true, true]]);
    expect(result.candidates[0]?.credentials).toMatchObject([{ name: 'A_TOKEN' }]);
    expect(result.warnings).toContainEqual(expect.objectContaining({ code: 'REPOSITORY_CUT_SHORT' }));
  });

  test('every entry of the MCP registry for the repository counts, though one of them leads nowhere', async () => {
    web.answer('/repos/o/r', { status: 503 });
    const entry = (name: string, identifier: string) => ({
      server: {
        name: `io.github.o/${name}`,
        repository: { url: 'https://github.com/o/r', source: 'github' },
        packages: [{ registryType: 'npm', identifier, transport: { type: 'stdio' } }],
      },
    });
    web.answer('/v0.1/servers?version=latest&limit=50&search=r', {
      body: { servers: [entry('gone', 'gone-mcp'), entry('a', 'a-mcp'), entry('b', 'b-mcp')] },
    });
    npm.publish({ ...MANIFEST, ...HOME }, {});
    npm.publish({ ...MANIFEST, name: 'b-mcp', ...HOME }, {});
    const { result } = await analyze('o/r');
    expect(result.candidates.map((one) => one.package)).toEqual(['a-mcp', 'b-mcp']);
  });

  test('the MCP registry names the package', async () => {
    web.answer('/repos/o/r', { status: 503 });
    const server = {
      name: 'io.github.o/r',
      description: 'A server',
      repository: { url: 'https://github.com/o/r', source: 'github' },
      version: '1.0.0',
      packages: [
        {
          registryType: 'npm',
          identifier: 'a-mcp',
          version: '1.0.0',
          transport: { type: 'stdio' },
          environmentVariables: [{ name: 'A_TOKEN', isRequired: true, isSecret: true }],
        },
      ],
    };
    web.answer('/v0.1/servers?version=latest&limit=50&search=r', {
      body: { servers: [{ server }, { server: { ...server, repository: { url: 'https://github.com/x/r' } } }] },
    });
    npm.publish({ ...MANIFEST, ...HOME }, {});
    const { result } = await analyze('o/r');
    expect(outcome(result)).toEqual([['npm', 'a-mcp', '2.0.0', true, true]]);
    expect(result.candidates[0]?.credentials).toMatchObject([{ name: 'A_TOKEN', requirement: 'LAZY', kind: 'SECRET' }]);
  });
});

test('a PyPI package is read from its source distribution', async () => {
  web.project(
    { name: 'mcp-server-x', version: '1.2.0', summary: 'An MCP server', requires_dist: ['mcp>=1.0'] },
    {
      'pyproject.toml':
        '[project]\nname = "mcp-server-x"\nversion = "1.2.0"\ndependencies = ["mcp"]\n[project.scripts]\nmcp-server-x = "x:main"\n',
      'src/x.py': 'import os\nKEY = os.environ["X_API_KEY"]\nLEVEL = os.getenv("X_MODE", "fast")\n',
    },
  );
  const { result } = await analyze('pypi:mcp-server-x');
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
  await expect(analyze('pypi:mcp-server-x==9')).rejects.toMatchObject({ code: 'VERSION_NOT_FOUND' });
  await expect(analyze('pypi:absent')).rejects.toMatchObject({ code: 'PACKAGE_NOT_FOUND' });
});

test('looks up a registry name, and reports one that is missing', async () => {
  await expect(analyze('io.github.o/absent')).rejects.toMatchObject({ code: 'NOT_FOUND', hint: expect.any(String) });
  web.answer(`/v0.1/servers/${encodeURIComponent('io.github.o/far')}/versions/latest`, {
    body: {
      server: { name: 'io.github.o/far', remotes: [{ type: 'streamable-http', url: 'https://far.example/mcp' }] },
    },
  });
  expect((await analyze('io.github.o/far')).result.candidates).toMatchObject([
    { runtime: 'remote', verdict: 'REMOTE_ONLY', deployable: true, spec: { url: 'https://far.example/mcp' } },
  ]);
});
