import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeLayer } from '#deploy/host/images/layer.testing.ts';
import { type PullRegistry, startPullRegistry } from '#deploy/host/images/registry.testing.ts';
import { createAnalysisTools } from '#server/compose/analysis-tools.ts';
import { analyzeSource } from '../analyze.ts';
import type { AnalysisTools } from '../context.ts';
import type { Report } from '../progress.ts';
import { type NpmStandIn, startNpmStandIn } from '../registries/stand-ins/npm-registry.ts';
import { COMMIT, startWebStandIn, type WebStandIn } from '../registries/stand-ins/web.ts';
import { parseSource } from '../source/parse-source.ts';
import { pastedValues } from './pasted-values.ts';

const MANIFEST = {
  name: 'a-mcp',
  version: '2.0.0',
  bin: { 'a-mcp': 'index.js', other: 'other.js' },
  dependencies: { '@modelcontextprotocol/sdk': '1' },
};
const README = '# A\n\n| Variable | Description |\n|---|---|\n| `A_TOKEN` | Your token |\n';
const FILES = { 'index.js': 'const t = process.env.A_TOKEN;\n', 'other.js': '', 'README.md': README };

let npm: NpmStandIn;
let web: WebStandIn;
let folder: string;
let images: PullRegistry;
let tools: AnalysisTools;
let close: () => Promise<void>;

beforeAll(async () => {
  [npm, web, images, folder] = await Promise.all([
    startNpmStandIn(),
    startWebStandIn(),
    startPullRegistry({ access: 'token' }),
    mkdtemp(join(tmpdir(), 'catwalk-launches-')),
  ]);
  ({ tools, close } = createAnalysisTools({
    npmConfiguration: { cache: join(folder, 'npm') },
    npmRegistryUrl: npm.url,
    githubApiUrl: web.url,
    githubToken: null,
    pypiUrl: web.url,
    mcpRegistryUrl: web.url,
    imageRegistriesTrusted: [images.origin],
    dataDir: folder,
    now: () => new Date('2026-06-01T00:00:00Z'),
  }));
  npm.publish(MANIFEST, FILES);
});
afterAll(async () => {
  await close();
  await Promise.all([npm.close(), web.close(), images.close()]);
  await rm(folder, { recursive: true, force: true });
});

async function analyze(source: string, report: Report = async () => {}) {
  const parsed = parseSource(source, { localPathsAllowed: false });
  const { result } = await analyzeSource(parsed, tools, report, AbortSignal.timeout(20_000));
  return result;
}

test.each([
  ['npx -y a-mcp mcp start --profile work stdio', 'npx -y a-mcp@2.0.0 mcp start --profile work stdio'],
  ['npx -y a-mcp@latest server start', 'npx -y a-mcp@2.0.0 server start'],
  ['bunx a-mcp run', 'npx -y a-mcp@2.0.0 run'],
  ['pnpm dlx a-mcp@^2 run', 'npx -y a-mcp@2.0.0 run'],
  ['yarn dlx a-mcp run', 'npx -y a-mcp@2.0.0 run'],
  ['pnpm --package=a-mcp dlx other run', 'npx -y -p a-mcp@2.0.0 other run'],
  ['npx -p a-mcp other --fast', 'npx -y -p a-mcp@2.0.0 other --fast'],
  ['npx --package=a-mcp -- other --fast', 'npx -y -p a-mcp@2.0.0 other --fast'],
  ['npm exec --package=a-mcp -- other run', 'npx -y -p a-mcp@2.0.0 other run'],
  ['npm exec -y a-mcp -- run --fast', 'npx -y a-mcp@2.0.0 run --fast'],
  ['deno run -A npm:a-mcp run', 'npx -y a-mcp@2.0.0 run'],
  ['cmd /c npx -y a-mcp run', 'npx -y a-mcp@2.0.0 run'],
  ['sh -c "npx -y a-mcp run"', 'npx -y a-mcp@2.0.0 run'],
  ['claude mcp add mine -e A_TOKEN=t -- npx -y a-mcp run', 'npx -y a-mcp@2.0.0 run'],
])('%s keeps all its words', async (line, runCommand) => {
  const { candidates } = await analyze(line);
  expect(candidates).toMatchObject([{ deployable: true, runCommand }]);
});

test('installs the command that the launch names, and refuses one that the package lacks', async () => {
  expect((await analyze('npx -p a-mcp other')).candidates).toMatchObject([{ spec: { name: 'a-mcp', bin: 'other' } }]);
  expect((await analyze('npx -p a-mcp absent')).candidates).toMatchObject([
    { deployable: false, spec: null, notDeployableReason: 'a-mcp has no command named absent. It has: a-mcp, other.' },
  ]);
});

test('keeps the whole environment, lower-case names included, and hands its values back only for the pasted text', async () => {
  const text = JSON.stringify({
    mcpServers: {
      a: {
        command: 'npx',
        args: ['-y', 'a-mcp', '--api-key', 'sk-secret', '--region', 'eu-west-1', '<dir>'],
        env: {
          A_TOKEN: 't-secret',
          apiKey: 'x',
          A_HOST: '${A_HOST:-cloud.example}',
          A_USER: '<user>',
          NODE_OPTIONS: 'x',
        },
      },
    },
  });
  const { candidates, warnings } = await analyze(text);
  const [candidate] = candidates;
  expect(JSON.stringify(candidates)).not.toContain('secret"');
  expect(candidate?.credentials.map(({ name, advanced }) => [name, advanced])).toEqual([
    ['A_TOKEN', false],
    ['apiKey', false],
    ['A_HOST', false],
    ['A_USER', false],
  ]);
  expect(candidate?.credentials[0]).toMatchObject({ description: 'Your token', kind: 'SECRET' });
  expect(candidate?.credentials[1]).toMatchObject({ name: 'apiKey', kind: 'SECRET' });
  expect(warnings).toContainEqual(expect.objectContaining({ code: 'RESERVED_VARIABLE' }));
  expect(candidate?.arguments).toMatchObject([
    { name: 'api-key', flag: '--api-key', kind: 'SECRET', required: true },
    { name: 'dir', positional: true, required: true },
  ]);
  expect(candidate?.runCommand).toBe('npx -y a-mcp@2.0.0 --api-key <api-key> --region eu-west-1 <dir>');
  expect(pastedValues(text, candidate ?? {})).toEqual({
    credentials: [
      { name: 'A_TOKEN', value: 't-secret' },
      { name: 'apiKey', value: 'x' },
      { name: 'A_HOST', value: 'cloud.example' },
    ],
    arguments: [{ name: 'api-key', value: 'sk-secret' }],
  });
  expect(pastedValues('npx -y other', candidate ?? {})).toEqual({ credentials: [], arguments: [] });
});

test('a block with several servers gives several candidates, each with its own words', async () => {
  npm.publish({ ...MANIFEST, name: 'b-mcp' }, FILES);
  const { candidates } = await analyze(
    `{"mcpServers": {
      "one": {"command": "npx", "args": ["-y", "a-mcp", "serve"]}, // first
      "two": {"command": "npx", "args": ["-y", "b-mcp", "--url", "\${B_URL}"]},
      "three": {"command": "npx", "args": ["-y", "a-mcp", "other"]},
    }}`,
  );
  expect(candidates.map(({ key, displayName, runCommand }) => [key, displayName, runCommand])).toEqual([
    ['npm:a-mcp#one', 'one', 'npx -y a-mcp@2.0.0 serve'],
    ['npm:b-mcp#two', 'two', 'npx -y b-mcp@2.0.0 --url <url>'],
    ['npm:a-mcp#three', 'three', 'npx -y a-mcp@2.0.0 other'],
  ]);
});

test('a package that does not look like a server can be deployed by its command line, after a confirmation', async () => {
  npm.publish({ name: 'plain', version: '1.0.0', bin: 'index.js' }, { 'index.js': '' });
  expect((await analyze('plain')).candidates).toMatchObject([{ verdict: 'NOT_MCP', deployable: false }]);
  const { candidates, warnings } = await analyze('npx -y plain serve');
  expect(candidates).toMatchObject([{ verdict: 'NOT_MCP', deployable: true }]);
  expect(warnings).toContainEqual(expect.objectContaining({ code: 'NOT_MCP', weight: 'CONFIRM' }));
});

const PROJECT = { name: 'py-mcp', version: '1.2.0', summary: 'An MCP server', requires_dist: ['mcp'] };
const PYPROJECT =
  '[project]\nname = "py-mcp"\nversion = "1.2.0"\ndependencies = ["mcp"]\n[project.scripts]\npy-mcp = "x:main"\n';

test.each([
  ["uvx 'py-mcp[http]' serve", { extras: ['http'], bin: 'py-mcp' }, "uvx --from 'py-mcp[http]==1.2.0' py-mcp serve"],
  ["uvx --from 'py-mcp[http]==1.2.0' cmd", { extras: ['http'], bin: 'cmd' }, "uvx --from 'py-mcp[http]==1.2.0' cmd"],
  [
    'uvx --with other --with "more[x]>=1" py-mcp',
    { with: ['other', 'more[x]>=1'] },
    "uvx --with other --with 'more[x]>=1' py-mcp@1.2.0",
  ],
  ['uvx --python 3.12 py-mcp@latest', { python: '3.12' }, 'uvx --python 3.12 py-mcp@1.2.0'],
  ['uv run --with py-mcp py-mcp serve', { bin: 'py-mcp' }, 'uvx --from py-mcp==1.2.0 py-mcp serve'],
  [
    "pipx run --spec 'py-mcp[http]' cmd run",
    { extras: ['http'], bin: 'cmd' },
    "uvx --from 'py-mcp[http]==1.2.0' cmd run",
  ],
  ['pypi:py-mcp[http]', { extras: ['http'] }, "uvx --from 'py-mcp[http]==1.2.0' py-mcp"],
  ['uvx --with=-rrequirements.txt --python ../python py-mcp', { bin: 'py-mcp' }, 'uvx py-mcp@1.2.0'],
])('%s keeps the options of its installation', async (line, spec, runCommand) => {
  web.project(PROJECT, { 'pyproject.toml': PYPROJECT });
  const { candidates } = await analyze(line);
  expect(candidates).toMatchObject([
    { runtime: 'pypi', spec: { name: 'py-mcp', version: '1.2.0', ...spec }, runCommand },
  ]);
  expect(candidates[0]?.spec).not.toHaveProperty('with', ['-rrequirements.txt']);
});

test('takes the newest version that a range allows', async () => {
  web.project(PROJECT, { 'pyproject.toml': PYPROJECT });
  const releases = { '1.0': [], '1.2.0': [], '1.3rc1': [], '2.0': [] };
  web.answer('/pypi/py-mcp/json', { body: { info: PROJECT, releases, urls: [] } });
  expect((await analyze("uvx 'py-mcp>=1.1,<2' serve")).candidates).toMatchObject([{ version: '1.2.0' }]);
  await expect(analyze("uvx 'py-mcp>=3'")).rejects.toMatchObject({ code: 'VERSION_NOT_FOUND' });
});

test('a launch from git installs the ref, the folder and the command that it names', async () => {
  web.repository('o/r', { 'sub/pyproject.toml': PYPROJECT });
  web.answer('/repos/o/r/commits/v1', { body: { sha: COMMIT } });
  const { candidates } = await analyze(
    'uvx --from "git+https://github.com/o/r@v1#subdirectory=sub" --with extra cmd serve --key <key>',
  );
  expect(candidates).toMatchObject([
    {
      runtime: 'git',
      deployable: true,
      spec: {
        runtime: 'git',
        installer: 'pypi',
        url: 'https://github.com/o/r.git',
        commit: COMMIT,
        subfolder: 'sub',
        bin: 'cmd',
        with: ['extra'],
      },
      launch: { words: [{ value: ['serve'] }, { flag: '--key', value: [{ field: 'key' }] }] },
    },
  ]);
});

test('a container is pinned by digest, with the variables and words of its line above those of the image', async () => {
  const { digest } = images.addImage({
    layers: [makeLayer([])],
    tag: '1',
    config: {
      Entrypoint: ['/notes'],
      Cmd: ['http'],
      Env: ['PATH=/bin', 'A_MODE=slow', 'A_REGION=eu', 'A_SECRET=', 'NOTES_VERSION=1', 'LD_PRELOAD=/x.so'],
      Labels: { 'org.opencontainers.image.source': 'https://github.com/acme/absent' },
    },
    platforms: [{ os: 'linux', architecture: 'amd64' }],
  });
  const image = `${images.host}/o/image`;
  const { candidates, warnings } = await analyze(
    `docker run -i --rm -e A_TOKEN=t -e A_MODE -v notes:/notes -v /home/me:/mine -w /srv ${image}:1 stdio`,
  );
  expect(warnings.map(({ code }) => code)).toEqual(['HOST_FOLDER']);
  expect(candidates).toMatchObject([
    {
      deployable: true,
      credentials: [
        { name: 'A_TOKEN', kind: 'SECRET', advanced: false },
        { name: 'A_MODE', default: 'slow', advanced: false },
        { name: 'A_SECRET', kind: 'SECRET', default: null, advanced: false },
        { name: 'A_REGION', default: 'eu', advanced: true },
      ],
      runCommand: `docker run -i --rm -e A_TOKEN -e A_MODE -v /notes ${image}:1 stdio`,
      spec: { runtime: 'oci', image, tag: '1', digest, workingDir: '/srv', volumes: ['/notes'] },
    },
  ]);
});

test('no stage stays open where the repository of an image cannot be read', async () => {
  images.addImage({
    layers: [makeLayer([])],
    tag: 'closed',
    config: { Entrypoint: ['/notes'], Labels: { 'org.opencontainers.image.source': 'https://github.com/acme/absent' } },
    platforms: [{ os: 'linux', architecture: 'amd64' }],
  });
  const states = new Map<string, string>();
  await analyze(`oci:${images.host}/o/image:closed`, async (stage, state) => {
    states.set(stage, state);
  });
  expect(states.get('COLLECT')).toBe('SKIPPED');
  expect([...states.values()]).not.toContain('RUNNING');
});

test('an image for other processors alone is refused with those that it is for', async () => {
  images.addImage({ layers: [makeLayer([])], tag: 'arm', platforms: [{ os: 'linux', architecture: 'arm64' }] });
  await expect(analyze(`oci:${images.host}/o/image:arm`)).rejects.toMatchObject({
    code: 'NOT_DEPLOYABLE',
    message: expect.stringContaining('linux/arm64'),
  });
});

test.each([
  ['{"mcpServers": {"a": {"url": "https://a.example/mcp", "headers": {"X-Key": "abc", "Accept": "text/html"}}}}'],
  ['claude mcp add --transport http a https://a.example/mcp --header "X-Key: abc"'],
  [
    '{"mcpServers": {"a": {"command": "npx", "args": ["mcp-remote", "https://a.example/mcp", "--header", "X-Key:${K}"], "env": {"K": "abc"}}}}',
  ],
])('asks for the headers that %s gives to an address, and fills them in', async (text) => {
  const { candidates, warnings } = await analyze(text);
  const [candidate] = candidates;
  expect(candidate?.credentials.map(({ name, label, kind }) => [name, label, kind])).toEqual([
    ['X_KEY', 'X-Key', 'SECRET'],
  ]);
  expect(candidate?.spec).toMatchObject({ headers: [{ name: 'X-Key', variable: 'X_KEY' }] });
  expect(warnings).toEqual([]);
  expect(JSON.stringify(candidate)).not.toContain('abc');
  if (!candidate) throw new Error('no candidate');
  expect(pastedValues(text, candidate)).toEqual({ credentials: [{ name: 'X_KEY', value: 'abc' }], arguments: [] });
});

test('names the headers that a relay cannot send', async () => {
  const text = '{"mcpServers": {"a": {"url": "https://a.example/mcp", "headers": {"Cookie": "s=1", "X-Key": "abc"}}}}';
  const { warnings } = await analyze(text);
  expect(warnings.map(({ code, message }) => [code, message])).toEqual([
    ['HEADERS_LEFT_OUT', expect.stringContaining('no header Cookie')],
  ]);
});
