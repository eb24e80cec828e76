import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FILES, HOME, MANIFEST, openPipeline, outcome, type Pipeline, README } from './pipeline.testing.ts';

let pipeline: Pipeline;
beforeEach(async () => {
  pipeline = await openPipeline();
});
afterEach(() => pipeline.close());

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
    pipeline.web.answer('/repos/o/a-mcp-server', answer);
    pipeline.npm.publish(
      { ...MANIFEST, repository: 'github:o/a-mcp-server' },
      { 'dist/index.js': '', 'README.md': README },
    );
    const { result, isPartial } = await pipeline.analyze('o/a-mcp-server');
    expect(isPartial).toBe(true);
    expect(outcome(result)).toEqual([['npm', 'a-mcp', '2.0.0', true, true]]);
    expect(result.warnings[0]).toMatchObject({ code });
  });

  test('ignores a package of the same name from another repository', async () => {
    pipeline.web.answer('/repos/o/a-mcp', { status: 503 });
    pipeline.npm.publish({ ...MANIFEST, repository: 'github:else/where' }, {});
    await expect(pipeline.analyze('o/a-mcp')).rejects.toMatchObject({ code: 'GITHUB_UNREACHABLE' });
    expect(pipeline.npm.requests.filter((path) => !path.includes('/-/'))).toHaveLength(2);
  });

  test('sends no request to GitHub until it allows requests again', async () => {
    pipeline.web.answer('/repos/o/r', { status: 429, headers: { 'retry-after': '60' } });
    await expect(pipeline.analyze('o/r')).rejects.toMatchObject({ code: 'GITHUB_RATE_LIMITED' });
    const before = pipeline.web.requests.filter(({ path }) => path.startsWith('/repos')).length;
    await expect(pipeline.analyze('o/r')).rejects.toMatchObject({ code: 'GITHUB_RATE_LIMITED' });
    expect(pipeline.web.requests.filter(({ path }) => path.startsWith('/repos'))).toHaveLength(before);
    pipeline.pass(61_000);
    pipeline.web.repository('o/r', FILES);
    expect((await pipeline.analyze('o/r')).result.candidates).toHaveLength(1);
  });

  test('repeats no refused request to GitHub, and waits an hour at most', async () => {
    const headers = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '99999999999' };
    pipeline.web.answer('/repos/o/r', { status: 404, headers });
    await expect(pipeline.analyze('o/r')).rejects.toMatchObject({ code: 'REPOSITORY_NOT_FOUND' });
    await expect(pipeline.analyze('o/q')).rejects.toMatchObject({ code: 'GITHUB_RATE_LIMITED' });
    expect(pipeline.web.requests.filter(({ path }) => path.startsWith('/repos'))).toHaveLength(1);
    pipeline.pass(3_600_001);
    await expect(pipeline.analyze('o/q')).rejects.toMatchObject({ code: 'REPOSITORY_NOT_FOUND' });
  });

  test('keeps the files read before the limit, and reports that files are missing', async () => {
    pipeline.web.repository(
      'o/r',
      { ...FILES, 'src/deep/down/below.ts': 'process.env.NOT_READ;\n' },
      { size: 500_000 },
    );
    pipeline.npm.publish({ ...MANIFEST, ...HOME }, {});
    pipeline.web.answer('/repos/o/r/git/blobs/3', { status: 429, headers: { 'retry-after': '60' } });
    const { result } = await pipeline.analyze('o/r');
    expect(outcome(result)).toEqual([['npm', 'a-mcp', '2.0.0', true, true]]);
    expect(result.candidates[0]?.credentials).toMatchObject([{ name: 'A_TOKEN' }]);
    expect(result.warnings).toContainEqual(expect.objectContaining({ code: 'REPOSITORY_CUT_SHORT' }));
  });

  test('every entry of the MCP registry for the repository counts, though one of them leads nowhere', async () => {
    pipeline.web.answer('/repos/o/r', { status: 503 });
    const entry = (name: string, identifier: string) => ({
      server: {
        name: `io.github.o/${name}`,
        repository: { url: 'https://github.com/o/r', source: 'github' },
        packages: [{ registryType: 'npm', identifier, transport: { type: 'stdio' } }],
      },
    });
    pipeline.web.answer('/v0.1/servers?version=latest&limit=50&search=r', {
      body: { servers: [entry('gone', 'gone-mcp'), entry('a', 'a-mcp'), entry('b', 'b-mcp')] },
    });
    pipeline.npm.publish({ ...MANIFEST, ...HOME }, {});
    pipeline.npm.publish({ ...MANIFEST, name: 'b-mcp', ...HOME }, {});
    const { result } = await pipeline.analyze('o/r');
    expect(result.candidates.map((one) => one.package)).toEqual(['a-mcp', 'b-mcp']);
  });

  test('the MCP registry names the package', async () => {
    pipeline.web.answer('/repos/o/r', { status: 503 });
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
    pipeline.web.answer('/v0.1/servers?version=latest&limit=50&search=r', {
      body: { servers: [{ server }, { server: { ...server, repository: { url: 'https://github.com/x/r' } } }] },
    });
    pipeline.npm.publish({ ...MANIFEST, ...HOME }, {});
    const { result } = await pipeline.analyze('o/r');
    expect(outcome(result)).toEqual([['npm', 'a-mcp', '2.0.0', true, true]]);
    expect(result.candidates[0]?.credentials).toMatchObject([{ name: 'A_TOKEN', requirement: 'LAZY', kind: 'SECRET' }]);
  });
});
