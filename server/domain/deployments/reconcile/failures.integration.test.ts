import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LOCAL_APP } from '#deploy/local/local-machines.ts';
import { openLifecycle } from '../testing/lifecycle.testing.ts';
import { minimalServer, packServer } from '../testing/small-server.testing.ts';

let world: Awaited<ReturnType<typeof openLifecycle>>;
beforeAll(async () => {
  world = await openLifecycle({ healthIntervalMs: 2_500, handshakeTimeoutMs: 3_000 });
});
afterAll(async () => {
  expect(world.errors).toEqual([]);
  await world.close();
});

const settled = (id: string) =>
  world.until(id, (row) => row !== null && row.phase === null && row.status !== 'DEPLOYING');

describe('a server that does not start', () => {
  it('is FAILED with the missing variable, and runs once it is set', async () => {
    const spec = await packServer(
      world.dataDir,
      'needs-a-key',
      `if (!process.env.WEATHER_API_KEY) { console.error('Error: WEATHER_API_KEY is required'); process.exit(1); }
       ${minimalServer('weather')}`,
    );
    const id = await world.deploy(spec);
    const failed = await settled(id);
    expect(failed).toMatchObject({
      status: 'FAILED',
      failure: { code: 'MISSING_CREDENTIAL', variables: ['WEATHER_API_KEY'], hint: expect.any(String) },
    });
    expect(JSON.stringify(failed?.failure)).toContain('WEATHER_API_KEY is required');

    await world.service.updateCredentials(world.actor, {
      id,
      set: [{ name: 'WEATHER_API_KEY', value: 'sunny-and-secret' }],
      unset: [],
    });
    expect(await settled(id)).toMatchObject({ status: 'RUNNING', failure: null });
  });

  it('is FAILED with NO_HANDSHAKE when the program is not an MCP server', async () => {
    const spec = await packServer(world.dataDir, 'talks', `console.log('Hello!'); setInterval(() => {}, 1000);`);
    const failed = await settled(await world.deploy(spec));
    expect(failed?.status).toBe('FAILED');
    expect(failed?.failure).toMatchObject({ code: 'NO_HANDSHAKE' });
  });

  it('is FAILED when the program ends at once', async () => {
    const spec = await packServer(world.dataDir, 'ends', `console.error('Bye.'); process.exit(4);`);
    const failed = await settled(await world.deploy(spec));
    expect(failed?.failure).toMatchObject({ code: 'EXITED_AT_START' });
    expect(JSON.stringify(failed?.failure)).toContain('Bye.');
  });

  it('leaves no machine behind', async () => {
    const id = await world.deploy(await packServer(world.dataDir, 'ends-too', 'process.exit(1);'));
    await settled(id);
    await world.service.delete(world.actor, id);
    await world.until(id, (row) => row === null);
    const mine = await world.machines.list(LOCAL_APP, { metadata: { catwalk_deployment: id } });
    expect(mine).toEqual([]);
  });
});

describe('releases', () => {
  it('go live only after their handshake; the old one serves until then, stays when the new one fails, and can come back', async () => {
    const program = `if (process.env.MODE === 'broken') process.exit(1);\n${minimalServer('first')}`;
    const id = await world.deploy(await packServer(world.dataDir, 'first', program));
    const first = await settled(id);
    expect(first?.currentRelease?.number).toBe(1);

    await world.service.updateCredentials(world.actor, { id, set: [{ name: 'MODE', value: 'second' }], unset: [] });
    const second = await world.until(id, (row) => row?.currentRelease?.number === 2);
    expect(second).toMatchObject({ status: 'RUNNING', phase: null });
    expect(second?.machines.filter((machine) => machine.drainingAt !== null)).toHaveLength(1);

    await world.service.rollback(world.actor, { id });
    const third = await world.until(id, (row) => row?.currentRelease?.number === 3);
    expect(third?.currentRelease).toMatchObject({ reason: 'rollback', credentialVersion: 1 });

    await world.service.updateCredentials(world.actor, { id, set: [{ name: 'MODE', value: 'broken' }], unset: [] });
    const kept = await world.until(id, (row) => row?.events.at(-1)?.message.startsWith('Release 4 failed') ?? false);
    expect(kept).toMatchObject({ status: 'RUNNING', phase: null, currentRelease: { number: 3 } });
    expect(kept?.failure).toMatchObject({ code: 'EXITED_AT_START', hint: expect.any(String) });
    expect(kept?.events.slice(6).map((event) => event.status)).not.toContain('FAILED');
  });
});

describe('a machine that dies', () => {
  it('is replaced: the deployment is DEPLOYING until the new machine is RUNNING', async () => {
    const id = await world.deploy(await packServer(world.dataDir, 'short-lived', minimalServer('short-lived')));
    const row = await settled(id);
    const machineId = row?.machines[0]?.machineId ?? '';
    await world.machines.delete(LOCAL_APP, machineId, { force: true });
    await world.until(id, (deployment) => deployment?.status === 'DEPLOYING');
    const back = await settled(id);
    expect(back?.status).toBe('RUNNING');
    expect(back?.machines[0]?.machineId).not.toBe(machineId);
  });
});

describe('a server that writes NUL characters', () => {
  it('has its failure and its tools stored without them', async () => {
    const fails = `process.stderr.write('broken \\u0000 words\\n'); process.exit(4);`;
    const failed = await settled(await world.deploy(await packServer(world.dataDir, 'nul-words', fails)));
    expect(failed?.failure).toMatchObject({ code: 'EXITED_AT_START', stderrTail: ['broken  words'] });

    const program = minimalServer('nul').replace("'One tool'", "'One \\u0000 tool \\ud800'");
    const row = await settled(await world.deploy(await packServer(world.dataDir, 'nul-tools', program)));
    expect(row?.status).toBe('RUNNING');
  });
});
