import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openSimulation, type Simulation } from '../testing/simulation.testing.ts';
import type { DeployInput } from './inputs.ts';

/** No worker runs: only the rows count. */
let world: Simulation;
beforeAll(async () => {
  world = await openSimulation();
});
afterAll(() => world.close());

const deployInput = async (): Promise<DeployInput> => ({
  analysisId: (await world.prisma.analysis.findFirstOrThrow()).id,
  credentials: [],
  arguments: [],
  access: 'TOKEN',
  isolation: 'AUTO',
  acceptUnverified: false,
  extraArguments: [],
  extraEnvironment: [],
});

it('makes one deployment of six concurrent requests, and returns one token to all of them', async () => {
  await world.deploy();
  const before = await world.prisma.deployment.count();
  const idempotencyKey = randomUUID();
  const request = await deployInput();
  const responses = await Promise.all(
    Array.from({ length: 6 }, () => world.service.deploy(world.actor, { ...request, idempotencyKey })),
  );
  expect(await world.prisma.deployment.count()).toBe(before + 1);
  expect(new Set(responses.map(({ deploymentId }) => deploymentId)).size).toBe(1);
  expect(new Set(responses.map(({ accessToken }) => accessToken)).size).toBe(1);
  expect(responses[0]?.accessToken).toMatch(/^\S{10,}/);
  const stored = await world.prisma.deployRequest.findFirstOrThrow();
  expect(stored.accessToken).not.toContain(responses[0]?.accessToken ?? '');
});

it('refuses a key that was used for another input', async () => {
  const request = await deployInput();
  const idempotencyKey = randomUUID();
  await world.service.deploy(world.actor, { ...request, idempotencyKey });
  const other = world.service.deploy(world.actor, { ...request, name: 'Other', idempotencyKey });
  await expect(other).rejects.toMatchObject({ code: 'CONFLICT' });
});

it('reports a deployment that was deleted instead of deploying again', async () => {
  const request = await deployInput();
  const idempotencyKey = randomUUID();
  const { deploymentId } = await world.service.deploy(world.actor, { ...request, idempotencyKey });
  await world.prisma.deployment.delete({ where: { id: deploymentId } });
  const again = world.service.deploy(world.actor, { ...request, idempotencyKey });
  await expect(again).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

it('accepts an expired key for a new deployment', async () => {
  const request = await deployInput();
  const idempotencyKey = randomUUID();
  const first = await world.service.deploy(world.actor, { ...request, idempotencyKey });
  await world.prisma.deployRequest.updateMany({ data: { expiresAt: new Date(0) } });
  const second = await world.service.deploy(world.actor, { ...request, idempotencyKey });
  expect(second.deploymentId).not.toBe(first.deploymentId);
});

it('rejects an empty key', async () => {
  const request = await deployInput();
  const refused = world.service.deploy(world.actor, { ...request, idempotencyKey: ' ' });
  await expect(refused).rejects.toMatchObject({ code: 'INVALID_INPUT' });
});
