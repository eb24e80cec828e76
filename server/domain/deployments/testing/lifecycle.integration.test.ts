import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LOCAL_APP } from '#deploy/local/local-machines.ts';
import { openLifecycle } from './lifecycle.testing.ts';

let world: Awaited<ReturnType<typeof openLifecycle>>;
beforeAll(async () => {
  world = await openLifecycle();
});
afterAll(async () => {
  expect(world.errors).toEqual([]);
  await world.close();
});

const EVERYTHING = { runtime: 'npm', name: '@modelcontextprotocol/server-everything', version: '2026.8.31' } as const;

describe('a deployment of a real npm package', () => {
  it('goes through its phases in order and is RUNNING only with the tools of a real handshake', async () => {
    const id = await world.deploy(EVERYTHING);
    const row = await world.until(
      id,
      (deployment) => deployment?.status === 'RUNNING' || deployment?.status === 'FAILED',
    );
    expect(row?.failure).toBeNull();
    const phases = row?.events.map((event) => event.phase).filter((phase) => phase !== null);
    expect(phases).toEqual([
      'QUEUED',
      'CREATING_MACHINE',
      'STARTING_MACHINE',
      'INSTALLING',
      'STARTING_SERVER',
      'HANDSHAKE',
    ]);
    expect(row?.currentRelease?.snapshot).toMatchObject({
      tools: expect.arrayContaining([expect.objectContaining({ name: 'echo' })]),
    });
    expect(row?.machines).toHaveLength(1);

    await world.service.stop(world.actor, id);
    await world.until(id, (deployment) => deployment?.status === 'STOPPED');
    await world.service.start(world.actor, id);
    await world.until(id, (deployment) => deployment?.status === 'RUNNING');

    await world.crashAndRestart();
    await world.until(id, (deployment) => deployment?.events.at(-1)?.status === 'DEPLOYING');
    await world.until(id, (deployment) => deployment?.status === 'RUNNING');
    expect(await world.machines.list(LOCAL_APP)).toHaveLength(1);

    await world.service.delete(world.actor, id);
    await world.until(id, (deployment) => deployment === null);
    expect(await world.machines.list(LOCAL_APP)).toEqual([]);
  });

  it('comes up with one machine after a crash of worker and machines during the installation', async () => {
    const id = await world.deploy({ ...EVERYTHING, name: '@modelcontextprotocol/server-memory' });
    await world.until(id, (deployment) => deployment?.phase === 'INSTALLING' || deployment?.status !== 'DEPLOYING');
    await world.crashAndRestart();
    const row = await world.until(
      id,
      (deployment) => deployment?.status === 'RUNNING' || deployment?.status === 'FAILED',
    );
    expect(row?.status).toBe('RUNNING');
    expect(await world.machines.list(LOCAL_APP)).toHaveLength(1);
    await world.service.delete(world.actor, id);
    await world.until(id, (deployment) => deployment === null);
  });

  it('fails with PACKAGE_NOT_FOUND for a missing package, and leaves no machine', async () => {
    const id = await world.deploy({ runtime: 'npm', name: '@catwalk-tests/no-such-package', version: '1.0.0' });
    const row = await world.until(id, (deployment) => deployment?.status === 'FAILED');
    expect(row?.failure).toMatchObject({ code: 'PACKAGE_NOT_FOUND', hint: expect.any(String) });
    await world.service.delete(world.actor, id);
    await world.until(id, (deployment) => deployment === null);
    expect(await world.machines.list(LOCAL_APP)).toEqual([]);
  });
});
