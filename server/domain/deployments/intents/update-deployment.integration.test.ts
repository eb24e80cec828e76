import { afterAll, beforeAll, expect, it } from 'vitest';
import { openSimulation, type Simulation } from '../testing/simulation.testing.ts';

/** No worker runs: these tests read the written rows. */
let world: Simulation;
beforeAll(async () => {
  world = await openSimulation();
});
afterAll(() => world.close());

const read = (id: string) =>
  world.prisma.deployment.findUniqueOrThrow({
    where: { id },
    include: { releases: { orderBy: { number: 'asc' } }, credentials: { orderBy: { version: 'asc' } } },
  });

it('values equal to the present ones change nothing and add no release', async () => {
  const id = await world.deploy({ extraArguments: ['--verbose'] });
  const before = await read(id);
  const { name, region, memoryMb, isolation, access } = before;
  const same = {
    id,
    name,
    region,
    memoryMb,
    isolation,
    access,
    sleepAfterMinutes: null,
    extraArguments: ['--verbose'],
  };
  await world.service.updateDeployment(world.actor, same);
  expect(await read(id)).toEqual(before);
});

it('limits of the network that a deployment is created with are those of its first release', async () => {
  const id = await world.deploy({ egress: 'LISTED', egressHosts: ['API.example.com'] });
  const limits = { egress: 'LISTED', egressHosts: ['api.example.com'] };
  expect(await read(id)).toMatchObject({ ...limits, releases: [{ number: 1, ...limits }] });
});

it('a deployment is not created with a list that names no host', async () => {
  const before = await world.prisma.deployment.count();
  await expect(world.deploy({ egressHosts: ['https://a.example/'] })).rejects.toMatchObject({
    code: 'INVALID_INPUT',
    hint: expect.stringContaining('api.example.com'),
  });
  expect(await world.prisma.deployment.count()).toBe(before);
});

it('several changes at once are one release and one intent', async () => {
  const id = await world.deploy();
  const before = await read(id);
  const change = { id, name: 'Other', memoryMb: 512, sleepAfterMinutes: 5, extraArguments: ['--level=3'] };
  await world.service.updateDeployment(world.actor, change);
  const after = await read(id);
  expect(after).toMatchObject({
    name: 'Other',
    memoryMb: 512,
    sleepAfterMinutes: 5,
    generation: before.generation + 1,
  });
  expect(
    after.releases.map(({ number, memoryMb, credentialVersion }) => [number, memoryMb, credentialVersion]),
  ).toEqual([
    [1, 256, 1],
    [2, 512, 2],
  ]);
  const audit = await world.prisma.auditEvent.findMany({ where: { deploymentId: id, type: 'deployment.updated' } });
  expect(audit.map(({ data }) => data)).toEqual([{ changed: ['name', 'sleepAfterMinutes', 'memoryMb', 'arguments'] }]);
});

it('a setting that machines do not run with adds no release', async () => {
  const id = await world.deploy();
  await world.service.updateDeployment(world.actor, { id, sleepAfterMinutes: 7 });
  expect(await read(id)).toMatchObject({ sleepAfterMinutes: 7, releases: [{ number: 1 }] });
});

it.each([
  { region: 'local' },
  { memoryMb: 512 },
  { processor: 'shared-cpu-2x' },
  { isolation: 'PER_SESSION' },
  { egress: 'NONE' },
  { egressHosts: ['a.example'] },
] as const)('the change %j makes a release that has it, because a machine is created with it', async (change) => {
  const id = await world.deploy();
  // Deployments of this installation are made in its only region.
  await world.prisma.deployment.update({ where: { id }, data: { region: 'elsewhere' } });
  await world.service.updateDeployment(world.actor, { id, ...change });
  const { releases } = await read(id);
  expect(releases).toHaveLength(2);
  expect(releases[1]).toMatchObject(change);
});

it.each([{ name: 'Other' }, { access: 'PUBLIC' }, { answersWhileAsleep: false }] as const)(
  'the change %j concerns no machine, and makes no release',
  async (change) => {
    const id = await world.deploy();
    await world.service.updateDeployment(world.actor, { id, ...change });
    expect(await read(id)).toMatchObject({ ...change, releases: [{ number: 1 }] });
  },
);

it('an argument that looks like a key is never shown, and is kept when it is sent back hidden', async () => {
  const id = await world.deploy({ extraArguments: ['--api-key', 'very-secret-value'] });
  const shown = (await read(id)).credentials[0]?.shown as { extraArguments: string[] }; // written by the service
  expect(JSON.stringify(shown)).not.toContain('very-secret-value');
  await world.service.updateDeployment(world.actor, { id, extraArguments: ['--verbose', ...shown.extraArguments] });
  const after = await read(id);
  expect(after.releases).toHaveLength(2);
  expect(after.credentials[1]?.shown).toMatchObject({ extraArguments: ['--verbose', ...shown.extraArguments] });
  await world.service.updateDeployment(world.actor, {
    id,
    extraArguments: ['--verbose', '--api-key', 'very-secret-value'],
  });
  expect((await read(id)).releases).toHaveLength(2); // it was that very value
});

it('the deployment of another user is NOT_FOUND, even without a change', async () => {
  const id = await world.deploy();
  const stranger = { ...world.actor, userId: 'u2' };
  await expect(world.service.updateDeployment(stranger, { id })).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

it('a limit on the network makes a release that has it, and leaves older releases as they were', async () => {
  const id = await world.deploy();
  const change = { id, egress: 'LISTED', egressHosts: ['API.example.com'] } as const;
  await world.service.updateDeployment(world.actor, change);
  const { releases } = await read(id);
  expect(releases.map(({ egress, egressHosts }) => [egress, egressHosts])).toEqual([
    ['MACHINE', []],
    ['LISTED', ['api.example.com']],
  ]);
  await world.service.updateDeployment(world.actor, change);
  expect((await read(id)).releases).toHaveLength(2);
});
