import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Deployment, Prisma } from '#prisma/generated/client/client.ts';
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
    include: { releases: { orderBy: { number: 'asc' } }, events: { orderBy: { id: 'asc' } } },
  });

/** A deployment in a state that a worker would have written. */
const deployed = async (values: Prisma.DeploymentUncheckedUpdateInput = {}): Promise<Deployment> => {
  const id = await world.deploy();
  const { targetReleaseId } = await read(id);
  const live = { status: 'RUNNING', phase: null, currentReleaseId: targetReleaseId, nextCheckAt: null } as const;
  await world.prisma.release.update({ where: { id: targetReleaseId ?? '' }, data: { liveAt: new Date() } });
  return world.prisma.deployment.update({ where: { id }, data: { ...live, ...values } });
};

const NEVER_LIVE = { status: 'FAILED', currentReleaseId: null } as const;
const auditOf = async (id: string) =>
  (await world.prisma.auditEvent.findMany({ where: { deploymentId: id }, orderBy: { id: 'asc' } })).map(
    ({ type }) => type,
  );

describe('every intent', () => {
  it('raises the generation, makes the row due, and leaves an event and an audit entry', async () => {
    const { id, generation } = await deployed({ attempts: 3 });
    await world.service.stop(world.actor, id);
    const after = await read(id);
    expect(after).toMatchObject({ generation: generation + 1, attempts: 0, nextCheckAt: expect.any(Date) });
    expect(after.events.at(-1)).toMatchObject({ status: 'RUNNING', phase: null, message: 'Stop was requested.' });
    expect((await auditOf(id)).at(-1)).toBe('deployment.stopped');
  });

  it('is NOT_FOUND for another user, and after a deletion', async () => {
    const { id } = await deployed();
    const { service, actor } = world;
    const stranger = { ...actor, userId: 'u2' };
    for (const intend of [service.start, service.stop, service.restart, service.delete])
      await expect(intend(stranger, id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(service.redeploy(stranger, { id })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(service.rollback(stranger, { id })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await service.delete(actor, id);
    await expect(service.start(actor, id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('deploy', () => {
  it('gives a token that ends with the API token it was requested with', async () => {
    const { actor, prisma, service } = world;
    const data = { userId: actor.userId, name: 'x', hash: Buffer.from('h'), prefix: 'p' };
    const { id: credentialId } = await prisma.apiToken.create({ data });
    const credentialExpiresAt = new Date('2030-01-01');
    const analysisId = (await prisma.analysis.findFirstOrThrow()).id;
    const { deploymentId } = await service.deploy(
      { ...actor, via: 'api-token', credentialId, credentialExpiresAt },
      {
        analysisId,
        credentials: [],
        arguments: [],
        access: 'TOKEN',
        isolation: 'AUTO',
        acceptUnverified: false,
        extraArguments: [],
        extraEnvironment: [],
      },
    );
    expect(await prisma.accessToken.findMany({ where: { deploymentId } })).toMatchObject([
      { apiTokenId: credentialId, expiresAt: credentialExpiresAt },
    ]);
  });
});

describe('start', () => {
  it('is a conflict while the deployment runs', async () => {
    const { id } = await deployed();
    await expect(world.service.start(world.actor, id)).rejects.toMatchObject({ code: 'CONFLICT' });
  });

  it('takes back a stop that was not carried out', async () => {
    const { id } = await deployed({ desired: 'STOPPED' });
    await world.service.start(world.actor, id);
    expect(await read(id)).toMatchObject({ desired: 'RUNNING', status: 'RUNNING', phase: null });
  });

  it.each(['STOPPED', 'FAILED'] as const)('brings a %s deployment up from the first phase', async (status) => {
    const { id } = await deployed({
      status,
      desired: status === 'STOPPED' ? 'STOPPED' : 'RUNNING',
      failure: { code: 'X' },
    });
    await world.service.start(world.actor, id);
    expect(await read(id)).toMatchObject({ desired: 'RUNNING', status: 'DEPLOYING', phase: 'QUEUED', failure: null });
  });

  it('wakes a sleeping deployment, and leaves one alone that is waking', async () => {
    const asleep = await deployed({ status: 'ASLEEP' });
    await world.service.start(world.actor, asleep.id);
    expect(await read(asleep.id)).toMatchObject({ status: 'ASLEEP', phase: 'STARTING_MACHINE' });
    const waking = await deployed({ status: 'ASLEEP', phase: 'HANDSHAKE' });
    await world.service.start(world.actor, waking.id);
    expect(await read(waking.id)).toMatchObject({ status: 'ASLEEP', phase: 'HANDSHAKE' });
  });
});

describe('stop', () => {
  it('gives up a release on its way and a restart that was not carried out', async () => {
    const { id, currentReleaseId } = await deployed({ restartGeneration: 5 });
    await world.service.redeploy(world.actor, { id });
    await world.service.stop(world.actor, id);
    expect(await read(id)).toMatchObject({
      desired: 'STOPPED',
      targetReleaseId: currentReleaseId,
      restartGeneration: null,
    });
  });

  it('keeps the target of a deployment that never was live', async () => {
    const { id, targetReleaseId } = await deployed(NEVER_LIVE);
    await world.service.stop(world.actor, id);
    expect(await read(id)).toMatchObject({ desired: 'STOPPED', targetReleaseId });
  });
});

describe('restart', () => {
  it('is requested for the generation that it makes', async () => {
    const { id, generation } = await deployed({ desired: 'STOPPED' });
    await world.service.restart(world.actor, id);
    const expected = { desired: 'RUNNING', generation: generation + 1, restartGeneration: generation + 1 };
    expect(await read(id)).toMatchObject({ ...expected, status: 'RUNNING', phase: null });
  });

  it('wakes a sleeping deployment, and starts a failed one over', async () => {
    const asleep = await deployed({ status: 'ASLEEP' });
    await world.service.restart(world.actor, asleep.id);
    expect(await read(asleep.id)).toMatchObject({ phase: 'STARTING_MACHINE', restartGeneration: expect.any(Number) });
    const failed = await deployed({ status: 'FAILED' });
    await world.service.restart(world.actor, failed.id);
    expect(await read(failed.id)).toMatchObject({ status: 'DEPLOYING', phase: 'QUEUED', restartGeneration: null });
  });
});

it('delete shows in the status at once', async () => {
  const { id } = await deployed({ phase: 'INSTALLING' });
  await world.service.delete(world.actor, id);
  expect(await read(id)).toMatchObject({ desired: 'DELETED', status: 'DELETING', phase: null });
});

describe('a new release', () => {
  it('comes up beside the one that serves, and keeps the failure of that one only', async () => {
    const running = await deployed({ failure: { code: 'X' }, wakeAskedAt: new Date() });
    await world.service.redeploy(world.actor, { id: running.id });
    const after = await read(running.id);
    const next = after.releases[1];
    expect(next).toMatchObject({ number: 2, reason: 'redeploy', package: 'stand-in' });
    expect(after).toMatchObject({ status: 'RUNNING', phase: 'QUEUED', targetReleaseId: next?.id, failure: null });
    expect(after).toMatchObject({ currentReleaseId: running.currentReleaseId, wakeAskedAt: null });
    expect(after.events.at(-1)).toMatchObject({ message: 'Release 2: stand-in 1.0.0.', releaseId: next?.id });
    const unhealthy = await deployed({ status: 'UNHEALTHY', failure: { code: 'X' } });
    await world.service.redeploy(world.actor, { id: unhealthy.id });
    expect(await read(unhealthy.id)).toMatchObject({ status: 'UNHEALTHY', failure: { code: 'X' } });
  });

  it('of a stopped deployment starts it', async () => {
    const { id } = await deployed({ status: 'STOPPED', desired: 'STOPPED' });
    await world.service.redeploy(world.actor, { id });
    expect(await read(id)).toMatchObject({ status: 'DEPLOYING', desired: 'RUNNING', phase: 'QUEUED' });
  });

  it('has a host token of its own', async () => {
    const { id } = await deployed();
    await world.service.redeploy(world.actor, { id });
    const [first, second] = (await read(id)).releases;
    expect(second?.hostToken).not.toBe(first?.hostToken);
  });
});

describe('rollback', () => {
  it('leads to the newest release before the latest one that ever was live', async () => {
    const { id, currentReleaseId } = await deployed();
    await world.service.redeploy(world.actor, { id });
    await world.service.redeploy(world.actor, { id });
    await world.prisma.release.update({ where: { id: currentReleaseId ?? '' }, data: { version: '0.9.0' } });
    await world.service.rollback(world.actor, { id });
    expect((await read(id)).releases.at(-1)).toMatchObject({ number: 4, reason: 'rollback', version: '0.9.0' });
  });

  it('leads to a named release of the deployment, and to no other', async () => {
    const { id } = await deployed();
    const other = await deployed();
    await world.service.redeploy(world.actor, { id });
    const [first] = (await read(id)).releases;
    await world.service.rollback(world.actor, { id, releaseId: first?.id ?? '' });
    expect((await read(id)).releases).toHaveLength(3);
    const foreign = world.service.rollback(world.actor, { id, releaseId: other.currentReleaseId ?? '' });
    await expect(foreign).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('is NOT_FOUND where no earlier release was live', async () => {
    const { id } = await deployed();
    await expect(world.service.rollback(world.actor, { id })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('wake', () => {
  it('is written once, and only for a deployment that sleeps and is to run', async () => {
    const asleep = await deployed({ status: 'ASLEEP', attempts: 2 });
    await world.wake(asleep.id);
    await world.wake(asleep.id);
    const after = await read(asleep.id);
    expect(after).toMatchObject({ phase: 'STARTING_MACHINE', attempts: 0, generation: asleep.generation + 1 });
    expect(after.events.filter(({ message }) => message === 'Waking up for a call.')).toHaveLength(1);
    for (const values of [{}, { status: 'ASLEEP', desired: 'STOPPED' }] as const) {
      const { id, generation } = await deployed(values);
      await world.wake(id);
      expect(await read(id)).toMatchObject({ generation });
    }
  });

  it('of a release that sleeps during a rollout is requested once beside it', async () => {
    const { id } = await deployed({ status: 'ASLEEP' });
    await world.service.redeploy(world.actor, { id });
    const { generation } = await read(id);
    await world.wake(id);
    await world.wake(id);
    expect(await read(id)).toMatchObject({
      phase: 'QUEUED',
      wakeAskedAt: expect.any(Date),
      generation: generation + 1,
    });
  });
});

describe('a look at a doubted machine', () => {
  it('brings the next check forward, and changes nothing that was intended', async () => {
    const later = new Date(world.now().getTime() + 30_000);
    const { id, generation } = await deployed({ nextCheckAt: later });
    await world.look(id);
    const after = await read(id);
    expect(after.nextCheckAt?.getTime()).toBeLessThan(later.getTime());
    expect(after).toMatchObject({ generation, status: 'RUNNING', phase: null });
  });

  it.each([
    ['sleeps', { status: 'ASLEEP' }],
    ['has failed', { status: 'FAILED' }],
    ['is to stop', { desired: 'STOPPED' }],
  ] as const)('leaves a deployment alone that %s', async (_what, values) => {
    const nextCheckAt = new Date(world.now().getTime() + 30_000);
    const { id } = await deployed({ nextCheckAt, ...values });
    await world.look(id);
    expect((await read(id)).nextCheckAt).toEqual(nextCheckAt);
  });
});

describe('deploy', () => {
  it('names a deployment after its package, and writes a token that only its hash remembers', async () => {
    const analysisId = (await world.prisma.analysis.findFirstOrThrow()).id;
    const input = {
      analysisId,
      credentials: [],
      arguments: [],
      isolation: 'AUTO',
      acceptUnverified: false,
      extraArguments: [],
      extraEnvironment: [],
    } as const;
    const plain = { ...input, credentials: [], arguments: [], extraArguments: [], extraEnvironment: [] };
    const { deploymentId, accessToken } = await world.service.deploy(world.actor, { ...plain, access: 'TOKEN' });
    expect(await read(deploymentId)).toMatchObject({
      name: 'stand-in',
      status: 'DEPLOYING',
      phase: 'QUEUED',
      region: 'local',
      memoryMb: 256,
      sleepAfterMinutes: null,
      releases: [{ number: 1, reason: 'deploy', version: '1.0.0', credentialVersion: 1 }],
      events: [{ message: 'Deploying stand-in 1.0.0.', status: 'DEPLOYING', phase: 'QUEUED' }],
    });
    const [token] = await world.prisma.accessToken.findMany({ where: { deploymentId } });
    expect(token).toMatchObject({ name: 'First token', prefix: accessToken?.slice(0, token?.prefix.length) });
    expect(await auditOf(deploymentId)).toEqual(['deployment.created']);
    const open = await world.service.deploy(world.actor, { ...plain, access: 'PUBLIC' });
    expect(open.accessToken).toBeNull();
    expect(await world.prisma.accessToken.count({ where: { deploymentId: open.deploymentId } })).toBe(0);
  });
});
