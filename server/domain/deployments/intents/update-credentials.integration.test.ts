import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { openSimulation, type Simulation } from '../testing/simulation.testing.ts';
import { readForm } from './make-release.ts';

const SHOWN = { label: 'x', description: null, default: null, choices: [], advanced: false, evidence: [] } as const;
const SECRET = {
  ...SHOWN,
  kind: 'SECRET',
  required: false,
  requirement: 'OPTIONAL',
  pattern: null,
  group: null,
} as const;
const credential = (name: string) => ({ ...SECRET, name, helpUrl: null, confidence: 'HIGH' });
const argument = (name: string, repeated = false) => ({
  ...SHOWN,
  kind: 'TEXT',
  required: false,
  name,
  repeated,
  positional: false,
  flag: `--${name}`,
});

/** No worker runs: these tests read the written rows. */
let world: Simulation;
let id: string;
beforeAll(async () => {
  world = await openSimulation();
});
afterAll(() => world?.close());
beforeEach(async () => {
  id = await world.deploy({ extraEnvironment: [{ name: 'EXTRA', value: 'extra value' }] });
  const fields = {
    credentials: [credential('API_KEY'), credential('OTHER_KEY')],
    arguments: [argument('level'), argument('folder', true)],
    fixedArguments: ['serve'],
  };
  await world.prisma.deployment.update({ where: { id }, data: { fields } });
});

const latest = () =>
  world.prisma.release.findFirstOrThrow({ where: { deploymentId: id }, orderBy: { number: 'desc' } });
const form = async () => readForm(world, world.prisma, { id }, (await latest()).credentialVersion);
type Change = Partial<Omit<Parameters<Simulation['service']['updateCredentials']>[1], 'id'>>;
const update = (change: Change) => world.service.updateCredentials(world.actor, { id, set: [], unset: [], ...change });

test('a credential that is set replaces the one of its name, and the others stay', async () => {
  await update({
    set: [
      { name: 'API_KEY', value: 'first' },
      { name: 'OTHER_KEY', value: 'other' },
    ],
  });
  await update({ set: [{ name: 'API_KEY', value: 'second' }] });
  expect(await form()).toMatchObject({
    credentials: [
      { name: 'OTHER_KEY', value: 'other' },
      { name: 'API_KEY', value: 'second' },
    ],
    extraEnvironment: [{ name: 'EXTRA', value: 'extra value' }],
  });
});

test('a credential or an extra variable that is unset is gone', async () => {
  await update({ set: [{ name: 'API_KEY', value: 'first' }] });
  await update({ unset: ['API_KEY', 'EXTRA'] });
  expect(await form()).toMatchObject({ credentials: [], extraEnvironment: [] });
});

test('arguments that are set replace those of their names, and the others stay', async () => {
  await update({
    arguments: [
      { name: 'level', value: '1' },
      { name: 'folder', value: '/a' },
      { name: 'folder', value: '/b' },
    ],
  });
  await update({ arguments: [{ name: 'folder', value: '/c' }] });
  expect((await form()).arguments).toEqual([
    { name: 'level', value: '1' },
    { name: 'folder', value: '/c' },
  ]);
});

test('a subcommand that a usage text offered takes the place of the fixed one', async () => {
  await update({ mode: ['run', 'stdio'] });
  const { fields } = await world.prisma.deployment.findUniqueOrThrow({ where: { id } });
  expect(fields).toMatchObject({ fixedArguments: expect.arrayContaining(['run', 'stdio']) });
});

test.each([
  ['five words', ['a', 'b', 'c', 'd', 'e']],
  ['an empty word', ['a', '']],
  ['a word of 61 characters', ['x'.repeat(61)]],
])('a subcommand of %s is refused, and nothing is written', async (_what, mode) => {
  const before = await latest();
  await expect(update({ mode })).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  expect(await latest()).toEqual(before);
});

test('a subcommand may have four words of 60 characters', async () => {
  await update({ mode: Array.from({ length: 4 }, (_, index) => `${index}`.repeat(60)) });
  expect((await latest()).number).toBe(2);
});

test('every change is a release of its own with its version of the credentials, and names what it set', async () => {
  await update({ set: [{ name: 'API_KEY', value: 'first' }], arguments: [{ name: 'level', value: '1' }] });
  await update({ unset: ['API_KEY'] });
  const releases = await world.prisma.release.findMany({ where: { deploymentId: id }, orderBy: { number: 'asc' } });
  expect(releases.map(({ number, credentialVersion, reason }) => [number, credentialVersion, reason])).toEqual([
    [1, 1, 'deploy'],
    [2, 2, 'credentials'],
    [3, 3, 'credentials'],
  ]);
  const audits = await world.prisma.auditEvent.findMany({
    where: { deploymentId: id, type: 'credentials.updated' },
    orderBy: { id: 'asc' },
  });
  expect(audits.map(({ data }) => data)).toEqual([
    { version: 2, set: ['API_KEY', 'level'], unset: [] },
    { version: 3, set: [], unset: ['API_KEY'] },
  ]);
});
