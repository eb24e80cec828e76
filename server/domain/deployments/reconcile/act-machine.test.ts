import { describe, expect, test } from 'vitest';
import { destroyMachine, forgetMachine, startMachine, stopMachine } from './act-machine.ts';
import { ago, NOW, row } from './rows.testing.ts';
import { fakeStep, machinesError } from './step.testing.ts';

const POLL = { kind: 'wait', checkAfterMs: 100 };
const STOPPING = { deployment: { desired: 'STOPPED', phase: null } } as const;

describe('stopping a machine', () => {
  test('gives the server ten seconds, and observes the machine again soon', async () => {
    const stops: unknown[] = [];
    const { step } = fakeStep({
      ...STOPPING,
      machinesClient: {
        stop: async (...given) => {
          stops.push(given);
        },
      },
    });
    expect(await stopMachine(step, row())).toEqual(POLL);
    expect(stops).toEqual([['app', 'fly1', { timeoutSeconds: 10 }, { signal: step.signal }]]);
  });

  test.each([
    ['not-found', { kind: 'again' }],
    ['precondition', { kind: 'wait', checkAfterMs: 500 }],
    ['unavailable', { kind: 'retry', reason: 'It is unavailable.' }],
    ['unauthorized', { kind: 'retry', reason: 'It is unauthorized.' }],
  ] as const)('that is answered with %s continues with %j, and is never given up', async (kind, next) => {
    const { step } = fakeStep({ ...STOPPING, machinesClient: { stop: () => Promise.reject(machinesError(kind)) } });
    expect(await stopMachine(step, row())).toEqual(next);
  });

  test('calls nothing for a row without a machine, and passes an unexpected error on', async () => {
    const { step, calls } = fakeStep(STOPPING);
    expect(await stopMachine(step, row({ machineId: null }))).toEqual({ kind: 'again' });
    expect(calls).toEqual([]);
    const broken = fakeStep({ ...STOPPING, machinesClient: { stop: () => Promise.reject(new TypeError('x')) } });
    await expect(stopMachine(broken.step, row())).rejects.toThrow(TypeError);
  });
});

describe('starting a machine', () => {
  const COMING_UP = { deployment: { phase: 'STARTING_MACHINE', attempts: 2 } } as const;
  const COUNTED = {
    where: { id: 'd1', leaseOwner: 'me', generation: 7 },
    data: { attempts: { increment: 1 } },
  };

  test('counts an accepted start', async () => {
    const { step, updates } = fakeStep(COMING_UP);
    expect(await startMachine(step, row())).toMatchObject({ kind: 'wait', checkAfterMs: 2_000 });
    expect(updates).toEqual([COUNTED]);
  });

  test.each([true, false])('waits for the Machines API to report it as started: %j', async (reached) => {
    const waits: unknown[] = [];
    const wait = async (...given: unknown[]) => {
      waits.push(given.slice(0, 3));
      return { reached };
    };
    const { step } = fakeStep({ ...COMING_UP, machinesClient: { wait } });
    const next = await startMachine(step, row());
    const happened = next.kind === 'wait' && next.until?.(step.signal);
    if (reached) await happened;
    else await expect(happened).rejects.toThrow('not started');
    expect(waits).toEqual([['app', 'fly1', { state: 'started', timeoutSeconds: 2 }]]);
  });

  test('does not count a start that came too soon', async () => {
    const start = () => Promise.reject(machinesError('precondition'));
    const { step, updates } = fakeStep({ ...COMING_UP, machinesClient: { start } });
    expect(await startMachine(step, row())).toEqual({ kind: 'wait', checkAfterMs: 500 });
    expect(updates).toEqual([]);
  });

  test('counts a refused start, and waits longer after each', async () => {
    const start = () => Promise.reject(machinesError('unavailable'));
    const { step, updates } = fakeStep({ ...COMING_UP, machinesClient: { start } });
    expect(await startMachine(step, row())).toEqual({ kind: 'wait', checkAfterMs: 1_000 });
    expect(updates).toEqual([COUNTED]);
    const superseded = fakeStep({ ...COMING_UP, machinesClient: { start }, holdsRow: false });
    expect(await startMachine(superseded.step, row())).toEqual({ kind: 'superseded' });
  });

  test('is retried without an end where no release is on its way', async () => {
    const start = () => Promise.reject(machinesError('unavailable'));
    const { step, updates } = fakeStep({ deployment: { phase: null }, machinesClient: { start } });
    expect(await startMachine(step, row())).toEqual({ kind: 'retry', reason: 'It is unavailable.' });
    expect(updates).toEqual([]);
  });
});

describe('destroying a machine', () => {
  test('takes its address away first, and forces the deletion', async () => {
    const deleted: unknown[] = [];
    const { step, updates } = fakeStep({
      machinesClient: {
        delete: async (...given) => {
          deleted.push([...given, updates.length]);
          return { accepted: true };
        },
      },
    });
    expect(await destroyMachine(step, row())).toEqual(POLL);
    const where = { id: 'm1', machineId: 'fly1' };
    expect(updates).toEqual([
      { where, data: { destroyAt: NOW, address: null } },
      { where: { ...where, state: 'started' }, data: { state: 'destroying' } },
    ]);
    expect(deleted).toEqual([['app', 'fly1', { force: true, signal: step.signal }, 1]]);
  });

  test.each([
    [null, POLL],
    [60_000, POLL],
    [60_001, { kind: 'retry', reason: expect.stringMatching(/still exists/) }],
  ])('that was first requested %s ms ago continues with %j', async (ageMs, next) => {
    const destroyAt = ageMs === null ? null : ago(ageMs);
    const { step, updates } = fakeStep();
    expect(await destroyMachine(step, row({ destroyAt }))).toEqual(next);
    expect(updates).toMatchObject([{ data: { destroyAt: destroyAt ?? NOW } }, { data: { state: 'destroying' } }]);
  });

  test('that the API does not know is not taken for an accepted deletion', async () => {
    const { step, updates } = fakeStep({ machinesClient: { delete: async () => ({ accepted: false }) } });
    expect(await destroyMachine(step, row())).toEqual(POLL);
    expect(updates).toHaveLength(1);
  });

  test('is retried when it is refused, and needs no call without a machine', async () => {
    const { step } = fakeStep({ machinesClient: { delete: () => Promise.reject(machinesError('unavailable')) } });
    expect(await destroyMachine(step, row())).toEqual({ kind: 'retry', reason: 'It is unavailable.' });
    const none = fakeStep();
    expect(await destroyMachine(none.step, row({ machineId: null }))).toEqual({ kind: 'again' });
    expect(none.calls).toEqual([]);
    const broken = fakeStep({ machinesClient: { delete: () => Promise.reject(new TypeError('x')) } });
    await expect(destroyMachine(broken.step, row())).rejects.toThrow(TypeError);
  });
});

test('forgets only the row as it was when its machine was confirmed gone', async () => {
  const { step, updates } = fakeStep();
  expect(await forgetMachine(step, row())).toEqual({ kind: 'again' });
  expect(updates).toEqual([{ where: { id: 'm1', machineId: 'fly1', state: 'started' } }]);
});
