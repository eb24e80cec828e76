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

test('names the place at which a manifest is wrong', () => {
  expect(() => candidateOf({ ...NODE, entry_point: 7 })).toThrow(/wrong at server\.entry_point/);
});
