import { expect, test } from 'vitest';
import { bundleCandidate } from './bundle-candidate.ts';

const candidateOf = (server: object, more: object = {}, paths = ['server/index.js']) =>
  bundleCandidate(
    {
      path: '/data/x.mcpb',
      integrity: 'sha512-x',
      manifest: { name: 'b', version: '1.0.0', server, ...more },
      paths: new Set(paths),
    },
    null,
  ).candidate;

const NODE = {
  type: 'node',
  entry_point: 'server/index.js',
  mcp_config: {
    command: 'node',
    args: ['${__dirname}/server/index.js', '--url=${user_config.base_url}/v1', '${user_config.folders}'],
    env: { API_KEY: '${user_config.api_key}', HEADER: 'Bearer ${user_config.api_key}', DATA: '${__dirname}/data' },
  },
};
const OPTIONS = {
  user_config: {
    api_key: { type: 'string', title: 'API key', description: 'The key.', required: true, sensitive: true },
    base_url: { type: 'string', title: 'Address', description: 'Where.', default: 'https://api.example' },
    folders: { type: 'directory', title: 'Folders', description: 'What.', multiple: true, default: ['${HOME}/x'] },
  },
};

test('makes the options of a bundle the fields of its form', () => {
  const { arguments: args, credentials, launch, spec } = candidateOf(NODE, OPTIONS);
  expect(credentials).toMatchObject([{ name: 'API_KEY', label: 'API key', kind: 'SECRET', required: true }]);
  expect(args).toMatchObject([
    { name: 'base-url', default: 'https://api.example', required: false },
    { name: 'folders', repeated: true, positional: true, default: null },
  ]);
  expect(launch).toEqual({
    index: null,
    words: [{ flag: null, value: ['--url=', { field: 'base-url' }, '/v1'] }],
    variables: {
      API_KEY: [{ field: 'API_KEY' }],
      HEADER: ['Bearer ', { field: 'API_KEY' }],
      DATA: ['${__dirname}/data'],
    },
  });
  expect(spec).toMatchObject({ runtime: 'mcpb', kind: 'node', entry: 'server/index.js', path: '/data/x.mcpb' });
});

test('takes what the manifest sets for Linux', () => {
  const linux = { args: ['${__dirname}/server/index.js', '--linux'] };
  const server = { ...NODE, mcp_config: { ...NODE.mcp_config, platform_overrides: { linux, win32: { args: [] } } } };
  expect(candidateOf(server, OPTIONS).launch?.words).toEqual([{ flag: null, value: ['--linux'] }]);
});

test.each([
  [
    'made for another system',
    NODE,
    { compatibility: { platforms: ['darwin'] } },
    ['server/index.js'],
    'made for darwin',
  ],
  ['without its entry point', NODE, {}, [], 'does not contain server/index.js'],
  ['of another kind', { ...NODE, type: 'uv' }, {}, ['server/index.js'], 'kind “uv”'],
  ['of another kind, without a command', { type: 'uv', entry_point: 'a.py' }, {}, ['a.py'], 'kind “uv”'],
  [
    'started by a package runner',
    { ...NODE, mcp_config: { command: 'npx', args: ['-y', 'x'] } },
    {},
    ['server/index.js'],
    'started by “npx”',
  ],
])('refuses a bundle %s, with the reason', (_name, server, more, paths, reason) => {
  expect(candidateOf(server, more, paths)).toMatchObject({
    deployable: false,
    spec: null,
    notDeployableReason: expect.stringContaining(reason),
  });
});

test.each(['${/}', '${pathSeparator}'])('reads %s in a path as the separator of Linux', (separator) => {
  const args = [`\${__dirname}${separator}server${separator}index.js`, `data${separator}x`];
  const { launch, deployable } = candidateOf({ ...NODE, mcp_config: { command: 'node', args } });
  expect(deployable).toBe(true);
  expect(launch?.words).toEqual([{ flag: null, value: ['data/x'] }]);
});

test('leaves out folders of a desktop, and says so', () => {
  const manifest = {
    ...{ name: 'b', version: '1.0.0' },
    server: {
      ...NODE,
      mcp_config: {
        command: 'node',
        args: ['${__dirname}/server/index.js', '${DOCUMENTS}/notes', '--safe'],
        env: { PLACE: '${HOME}/x', MODE: 'a' },
      },
    },
  };
  const bundle = { path: '/data/x.mcpb', integrity: 'sha512-x', manifest, paths: new Set(['server/index.js']) };
  const { candidate, warnings } = bundleCandidate(bundle, null);
  expect(candidate.launch).toMatchObject({ words: [{ value: ['--safe'] }], variables: { MODE: ['a'] } });
  expect(candidate.launch?.variables).not.toHaveProperty('PLACE');
  expect(warnings).toMatchObject([
    { code: 'HOST_FOLDER', message: expect.stringContaining('${DOCUMENTS}/notes, PLACE=') },
  ]);
});

test.each([
  { dxt_version: '0.1' },
  { manifest_version: '0.2' },
  { manifest_version: '0.3' },
  { manifest_version: '0.4' },
])('reads a manifest of every version: %j', (version) => {
  const more = { ...version, $schema: 'x', icons: [], localization: {}, prompts_generated: true, _meta: {} };
  expect(candidateOf(NODE, { ...OPTIONS, ...more })).toMatchObject({ deployable: true });
});

test('names the place at which a manifest is wrong', () => {
  expect(() => candidateOf({ ...NODE, entry_point: 7 })).toThrow(/wrong at server\.entry_point/);
});
