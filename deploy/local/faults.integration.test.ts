import { afterEach, beforeEach, expect, test } from 'vitest';
import { eventually } from '../eventually.testing.ts';
import { isAmbiguous, isCapacity, isImageNotFound, isNotFound, isPrecondition, isRateLimited } from '../fly/errors.ts';
import { exitEventOf } from '../fly/wire.ts';
import { standInConfig, startTestMachines, type TestMachines } from './fixtures/test-machines.ts';

let machines: TestMachines;
beforeEach(async () => {
  machines = await startTestMachines();
});
afterEach(() => machines.close());

const create = (name = 'a') => machines.client.create(machines.app, { name, config: standInConfig() });
const failure = async (promise: Promise<unknown>): Promise<unknown> => {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('It was expected to fail.');
};
const names = async () => (await machines.client.list(machines.app)).map(({ name }) => name);

test('a 500 before the work leaves nothing behind, one after the work leaves a machine', async () => {
  machines.faults.add({ match: { action: 'create' }, effect: { kind: 'answer', when: 'before', status: 500 } });
  expect(isAmbiguous(await failure(create('before')))).toBe(true);
  expect(await names()).toEqual([]);
  machines.faults.add({ match: { action: 'create' }, effect: { kind: 'answer', when: 'after', status: 500 } });
  expect(isAmbiguous(await failure(create('after')))).toBe(true);
  expect(await names()).toEqual(['after']);
});

test('a create that hangs, or whose connection is cut, may have been done', async () => {
  const { app, client, faults } = machines;
  faults.add({ match: { action: 'create' }, effect: { kind: 'hang', when: 'after' } });
  const hung = client.create(app, { name: 'hung', config: standInConfig() }, { timeoutMs: 300 });
  expect(isAmbiguous(await failure(hung))).toBe(true);
  faults.add({ match: { action: 'create' }, effect: { kind: 'reset', when: 'after' } });
  expect(isAmbiguous(await failure(create('reset')))).toBe(true);
  faults.add({ match: { action: 'create' }, effect: { kind: 'reset', when: 'before' } });
  expect(isAmbiguous(await failure(create('nothing')))).toBe(true);
  await eventually('both are there', async () => (await names()).join() === 'hung,reset');
});

test('capacity, rate limit and a missing image look as they do on Fly', async () => {
  const { faults } = machines;
  const match = { action: 'create' };
  for (const status of [409, 422] as const) {
    faults.add({ match, effect: { kind: 'capacity', status } });
    const error = await failure(create());
    expect(isCapacity(error)).toBe(true);
    expect(isAmbiguous(error)).toBe(false);
  }
  faults.add({ match, effect: { kind: 'rate-limit' } });
  expect(isRateLimited(await failure(create()))).toBe(true);
  const body = { error: 'invalid_argument: failed to get manifest registry.example/host:1: manifest unknown' };
  faults.add({ match, effect: { kind: 'answer', when: 'before', status: 400, body } });
  expect(isImageNotFound(await failure(create()))).toBe(true);
  expect(await names()).toEqual([]);
});

test('a fault strikes as often as asked, where asked, and can be taken back', async () => {
  const { client, app, faults } = machines;
  const { id } = await create();
  await machines.listening(id);
  const effect = { kind: 'answer', when: 'before', status: 400 } as const;
  faults.add({ match: { method: 'GET', path: /\/wait$/ }, after: 1, times: 2, effect });
  const results: boolean[] = [];
  for (let index = 0; index < 4; index += 1)
    results.push(
      await client.wait(app, id, { state: 'started' }).then(
        () => true,
        () => false,
      ),
    );
  expect(results).toEqual([true, false, false, true]);
  const remove = faults.add({ match: { machine: id }, times: Number.POSITIVE_INFINITY, effect });
  await failure(client.get(app, id));
  remove();
  expect((await client.get(app, id)).id).toBe(id);
});

test('a create that is accepted and never starts stays created, and can be destroyed', async () => {
  const { client, app, faults, inState } = machines;
  faults.add({ match: { action: 'launch' }, effect: { kind: 'never' } });
  const { id } = await create();
  expect(await client.wait(app, id, { state: 'started', timeoutSeconds: 1 })).toEqual({ reached: false });
  expect((await client.get(app, id)).state).toBe('created');
  await client.delete(app, id);
  await inState(id, 'destroyed');
});

test('every second call misses a new machine, of whatever kind it is', async () => {
  const { client, app, faults } = machines;
  faults.add({ match: { action: 'create' }, effect: { kind: 'unseen', ms: 60_000 } });
  const { id } = await create();
  expect(isNotFound(await failure(client.get(app, id)))).toBe(true);
  expect((await client.get(app, id)).id).toBe(id);
  expect(isNotFound(await failure(client.cordon(app, id)))).toBe(true);
  await client.cordon(app, id);
  expect(await client.delete(app, id, { force: true })).toEqual({ accepted: false });
  expect(await client.delete(app, id, { force: true })).toEqual({ accepted: true });
});

test('a start soon after create is refused while the machine settles', async () => {
  const { client, app, faults, listening } = machines;
  faults.add({ match: { action: 'settle' }, effect: { kind: 'delay', ms: 60_000 } });
  faults.add({ match: { action: 'settle' }, after: 1, effect: { kind: 'delay', ms: 50 } });
  const settling = await create('settling');
  const settled = await create('settled');
  await listening(settled.id);
  expect(isPrecondition(await failure(client.start(app, settling.id)))).toBe(true);
});

test('a machine can be started long before anybody knows its port', async () => {
  const { client, app, faults, inState, listening } = machines;
  faults.add({ match: { action: 'launch' }, effect: { kind: 'late-port', ms: 60_000 } });
  const { id } = await create();
  expect(await client.wait(app, id, { state: 'started' })).toEqual({ reached: true });
  expect((await inState(id, 'started')).localPort).toBeNull();
  await client.restart(app, id);
  await listening(id);
});

test('a machine that runs out of memory reports it in its exit event', async () => {
  const { client, app, chaos, listening } = machines;
  const { id } = await create();
  await listening(id);
  await chaos.crash(id, { oom: true });
  const exit = await eventually('the exit', async () => exitEventOf(await client.get(app, id)));
  expect(exit).toMatchObject({ exitCode: 137, oomKilled: true, requestedStop: false, restarting: true });
});

test('a machine can die as soon as it runs', async () => {
  const { client, app, faults } = machines;
  faults.add({ match: { action: 'launch' }, effect: { kind: 'die' } });
  const { id } = await create();
  const exit = await eventually('the exit', async () => exitEventOf(await client.get(app, id)));
  expect(exit).toMatchObject({ exitCode: 137, oomKilled: false });
});

test('an unreachable machine is reported in its host status, and does not answer until it is back', async () => {
  const { client, app, chaos, listening, status } = machines;
  const { id } = await create();
  const { localPort } = await listening(id);
  chaos.setHostStatus(id, 'unreachable');
  expect(await client.get(app, id)).toMatchObject({ state: 'started', hostStatus: 'unreachable' });
  const signal = AbortSignal.timeout(200);
  await failure(fetch(`http://127.0.0.1:${localPort}/status`, { signal }));
  chaos.setHostStatus(id, 'ok');
  expect((await client.get(app, id)).hostStatus).toBe('ok');
  await status(localPort);
});

test('a slow suspend can be overtaken by a stop', async () => {
  const { client, app, faults, listening, inState } = machines;
  faults.add({ match: { action: 'suspend' }, effect: { kind: 'delay', ms: 15_000 } });
  const { id } = await create();
  await listening(id);
  await client.suspend(app, id);
  await inState(id, 'suspending');
  expect(isPrecondition(await failure(client.start(app, id)))).toBe(true);
  await client.stop(app, id);
  await inState(id, 'stopped');
});

test('a lost snapshot means a cold start: a new process on a new port', async () => {
  const { client, app, faults, listening, inState, status } = machines;
  const { id } = await create();
  const before = await status((await listening(id)).localPort);
  await client.suspend(app, id);
  await inState(id, 'suspended');
  faults.add({ match: { action: 'resume' }, effect: { kind: 'lost-snapshot' } });
  await client.start(app, id);
  const after = await status((await listening(id)).localPort);
  expect(after.standIn.pid).not.toBe(before.standIn.pid);
});

test('destruction overtakes everything that is under way', async () => {
  const { client, app, faults, inState, listening } = machines;
  faults.add({ match: { action: 'launch' }, effect: { kind: 'delay', ms: 15_000 } });
  const slow = await create('slow');
  const busy = await create('busy');
  await listening(busy.id);
  await client.restart(app, busy.id);
  for (const { id } of [slow, busy]) await client.delete(app, id, { force: true });
  for (const { id } of [slow, busy]) await inState(id, 'destroyed');
});
