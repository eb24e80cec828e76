import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { buildDeployInput, withPasted } from './deploy-input.ts';
import { type Candidate, candidateSchema } from './operations/analysis.ts';

const field = (name: string, kind: string) => ({
  name,
  label: name,
  description: null,
  kind,
  required: false,
  default: null,
  choices: [],
  evidence: [],
});

const ASKED = { group: null, together: [], advanced: false, confidence: 'HIGH', helpUrl: null };

const candidate: Candidate = candidateSchema.parse({
  key: 'npm:server',
  displayName: 'server',
  description: null,
  runtime: 'NPM',
  deployable: true,
  notDeployableReason: null,
  package: 'server',
  version: '1.0.0',
  runCommand: 'npx -y server',
  verified: true,
  verdict: 'MCP_SERVER',
  notes: null,
  arguments: [
    {
      ...field('directory', 'TEXT'),
      requirement: 'OPTIONAL',
      repeated: true,
      positional: true,
      flag: null,
      variable: null,
    },
  ],
  credentials: [
    { ...field('API_KEY', 'SECRET'), ...ASKED, requirement: 'HARD' },
    { ...field('KEY_FILE', 'FILE'), ...ASKED, requirement: 'OPTIONAL' },
  ],
  monthlyCost: { alwaysOn: 0, withSleep: 0, currency: 'USD' },
});

const build = (given: Partial<Parameters<typeof buildDeployInput>[2]>, cwd = '/', extra: string[] = []) =>
  buildDeployInput(candidate, 'an-analysis', { environment: [], arguments: [], ...given }, extra, {}, cwd);

test('variables that the analysis found are credentials, the others are passed beside them', async () => {
  const environment = [
    { name: 'API_KEY', value: 'k' },
    { name: 'OTHER', value: 'o' },
  ];
  expect(await build({ environment })).toMatchObject({
    analysisId: 'an-analysis',
    candidate: 'npm:server',
    credentials: [{ name: 'API_KEY', value: 'k' }],
    extraEnvironment: [{ name: 'OTHER', value: 'o' }],
    access: 'TOKEN',
    acceptUnverified: false,
  });
});

test('limits of the network are sent by their names in the schema, and only when they are given', async () => {
  const none = { environment: [], arguments: [] };
  const input = (options: object) => buildDeployInput(candidate, 'an-analysis', none, [], options, '/');
  expect(await input({ egress: 'listed', allow: ['a.example'] })).toMatchObject({
    egress: 'LISTED',
    egressHosts: ['a.example'],
  });
  expect(Object.keys(await input({}))).not.toContain('egress');
  await expect(input({ egress: 'some' })).rejects.toThrow('There is no policy "some".');
});

test('a repeated argument comes several times, and what stands after -- stays in order', async () => {
  const given = [
    { name: 'directory', value: '/a' },
    { name: 'directory', value: '/b' },
  ];
  expect(await build({ arguments: given }, '/', ['--x', '-y'])).toMatchObject({
    arguments: given,
    extraArguments: ['--x', '-y'],
  });
});

test('an argument that is not known is wrong usage and names those that are', async () => {
  await expect(build({ arguments: [{ name: 'folder', value: '/a' }] })).rejects.toMatchObject({
    exitCode: 2,
    hint: 'server takes: directory. Others go after --, as they are.',
  });
});

test('a field that wants a file gets the content of the path that is given', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'catwalk-cli-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await writeFile(join(folder, 'key.json'), '{"a":1}');
  expect(await build({ environment: [{ name: 'KEY_FILE', value: './key.json' }] }, folder)).toMatchObject({
    credentials: [{ name: 'KEY_FILE', value: Buffer.from('{"a":1}').toString('base64') }],
  });
  await expect(build({ environment: [{ name: 'KEY_FILE', value: './none' }] }, folder)).rejects.toThrow(
    'The file for KEY_FILE cannot be read.',
  );
});

test('options of the command line outrank the values that were pasted', () => {
  const pasted = {
    credentials: [
      { name: 'API_KEY', value: 'pasted' },
      { name: 'REGION', value: 'eu' },
    ],
    arguments: [{ name: 'directory', value: '/pasted' }],
  };
  const given = { environment: [{ name: 'API_KEY', value: 'typed' }], arguments: [] };
  expect(withPasted(given, pasted)).toEqual({
    environment: [
      { name: 'REGION', value: 'eu' },
      { name: 'API_KEY', value: 'typed' },
    ],
    arguments: [{ name: 'directory', value: '/pasted' }],
  });
});
