import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import type { Deployed } from '../operations/manifest.ts';
import { exportManifest } from './export-manifest.ts';
import { decidePlan } from './plan.ts';
import { parseManifest } from './read-manifest.ts';
import { HIDDEN } from './reference.ts';

const GITHUB: Deployed = {
  databaseId: 'id-github',
  name: 'github',
  isBundle: false,
  shared: false,
  tags: ['work'],
  source: 'mcp-github',
  status: 'RUNNING',
  slug: 'one',
  access: 'TOKEN',
  isolation: 'PER_SESSION',
  region: 'local',
  memoryMb: 256,
  processor: 'shared-cpu-1x',
  sleepAfterMinutes: null,
  answersWhileAsleep: true,
  egress: { policy: 'LISTED', hosts: ['api.github.com'] },
  credentialsSet: ['TOKEN'],
  personalFields: ['OWN'],
  argumentValues: [
    { name: 'path', value: '/a' },
    { name: 'path', value: '/b' },
    { name: 'key', value: HIDDEN },
  ],
  extraArguments: ['--fast', HIDDEN],
  targetRelease: { package: 'mcp-github', version: '1.2.3', runtime: 'NPM' },
  views: [
    {
      id: 'id-view',
      name: 'read-only',
      rules: {
        tools: { allow: ['get_*'], deny: [], changes: {} },
        prompts: { allow: [], deny: [] },
        resources: { allow: null, deny: [] },
        instructions: null,
      },
    },
  ],
  members: [],
};
const WORK: Deployed = {
  ...GITHUB,
  databaseId: 'id-work',
  name: 'work',
  isBundle: true,
  slug: 'w',
  views: [],
  members: [{ prefix: 'gh', databaseId: 'id-github', name: 'github', view: 'read-only' }],
};

const planOf = (text: string, all: readonly Deployed[], env: NodeJS.ProcessEnv = {}, prune = false) =>
  decidePlan(
    parseManifest(text, 'catwalk.yaml'),
    { own: all, deployed: new Map(all.map((one) => [one.name, one])) },
    { env, prune, sourceOf: (source) => source },
  );
const fileOf = (deployment: object, more: object = {}) =>
  stringify({ version: 1, deployments: { github: { source: 'mcp-github', ...deployment } }, ...more });

test('plans nothing for what was exported, without any variable', () => {
  const text = stringify(exportManifest([GITHUB, WORK]));
  expect(planOf(text, [GITHUB, WORK])).toEqual({ steps: [], missing: [], notes: [] });
});

test('plans to create what was exported where there is nothing, and names the variables that this needs', () => {
  const text = stringify(exportManifest([GITHUB, WORK]));
  const { steps, missing } = planOf(text, []);
  expect(steps.map(({ action, kind, name }) => `${action} ${kind} ${name}`)).toEqual([
    'create deployment github',
    'create view read-only',
    'create bundle work',
  ]);
  expect(missing.map(({ variable }) => variable)).toEqual(['TOKEN', 'OWN', 'KEY', 'GITHUB_ARGUMENT_2']);
});

test('names a credential of several deployments by the deployment, too', () => {
  const other = { ...GITHUB, name: 'other-one' };
  expect(exportManifest([GITHUB, other])).toMatchObject({
    deployments: {
      github: { credentials: { TOKEN: '${GITHUB_TOKEN}' } },
      'other-one': { credentials: { TOKEN: '${OTHER_ONE_TOKEN}' } },
    },
  });
});

test('exports the rules of a view without the parts that say nothing, and keeps a list that allows nothing', () => {
  expect(exportManifest([GITHUB])).toMatchObject({
    deployments: { github: { views: { 'read-only': { tools: { allow: ['get_*'] }, prompts: { allow: [] } } } } },
  });
});

test.each([
  [{ access: 'oauth' }, ['access']],
  [{ memory: 512, region: 'ams' }, ['region', 'memory']],
  [{ sleep: 15 }, ['sleep']],
  [{ tags: ['Work'] }, []],
  [{ tags: ['home'] }, ['tags']],
  [{ egress: { policy: 'none' } }, ['egress']],
  [{ version: '1.2.4' }, ['version']],
  [{ arguments: { path: ['/a', '/b'], key: '${KEY}' } }, []],
  [{ arguments: { path: ['/b', '/a'], key: '${KEY}' } }, ['arguments.path']],
  [{ arguments: { path: ['/a', '/b'] } }, ['arguments.key']],
  [{ extraArguments: ['--fast'] }, ['extraArguments']],
  [{ personal: [] }, ['personal']],
])('of %j plans %j', (deployment, fields) => {
  const { steps } = planOf(fileOf(deployment), [GITHUB]);
  expect(steps.flatMap(({ changes }) => changes.map(({ field }) => field))).toEqual(fields);
});

test('plans a credential that is not set, by the name of its variable, and never its value', () => {
  const plan = planOf(fileOf({ credentials: { NEW: '${NEW}', TOKEN: '${OTHER}' } }), [GITHUB], { NEW: 's3cret' });
  expect(plan.steps).toMatchObject([{ changes: [{ field: 'credentials.NEW', after: '${NEW}' }] }]);
  expect(plan.missing).toEqual([]);
  expect(JSON.stringify(plan)).not.toContain('s3cret');
});

test('keeps the prefix of a member that the file does not give', () => {
  const text = fileOf({}, { bundles: { work: { members: [{ deployment: 'github', view: 'read-only' }] } } });
  expect(planOf(text, [GITHUB, WORK]).steps).toEqual([]);
});

test('deletes only with --prune, and only what the same file made or lists as absent', () => {
  const mine = { ...GITHUB, name: 'made', databaseId: 'id-made', tags: ['apply:catwalk'] };
  const others = { ...GITHUB, name: 'others', databaseId: 'id-others', tags: ['apply:shop'] };
  const listed = { ...GITHUB, name: 'listed', databaseId: 'id-listed', tags: [] };
  const hand = { ...GITHUB, name: 'hand', databaseId: 'id-hand', tags: [] };
  const all = [GITHUB, mine, others, listed, hand];
  const text = fileOf({}, { absent: { deployments: ['listed'], views: ['github/read-only'] } });
  const kept = planOf(text, all);
  expect(kept.steps).toEqual([]);
  expect(kept.notes).toHaveLength(3);
  expect(planOf(text, all, {}, true).steps.map(({ action, id }) => `${action} ${id}`)).toEqual([
    'delete id-view',
    'delete id-made',
    'delete id-listed',
  ]);
});
