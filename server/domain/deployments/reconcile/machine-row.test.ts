import { expect, test } from 'vitest';
import { machineSchema } from '#deploy/fly/wire.ts';
import type { PrismaClient } from '#prisma/client.ts';
import type { Fleet } from './fleet.ts';
import { saveObservation, toObserved } from './machine-row.ts';
import { NOW, row } from './rows.testing.ts';

const machine = (over: object = {}) =>
  machineSchema.parse({ id: 'fly1', state: 'started', instance_id: 'i1', ...over });

const exited = (exit: object, over: object = {}) =>
  machine({ events: [{ type: 'exit', status: 'stopped', request: { exit_event: exit } }], ...over });

test('observes the state of a machine and of its hardware', () => {
  expect(toObserved(machine())).toEqual({ kind: 'present', state: 'started', hostUnreachable: false, lastExit: null });
  expect(toObserved(machine({ host_status: 'unreachable' }))).toMatchObject({ hostUnreachable: true });
  expect(toObserved(machine({ host_status: 'ok' }))).toMatchObject({ hostUnreachable: false });
});

test('observes an end that was not requested', () => {
  const exit = { exit_code: 137, oom_killed: true, requested_stop: false, exited_at: '2026-01-01T00:00:00Z' };
  expect(toObserved(exited(exit))).toMatchObject({
    lastExit: { code: 137, oom: true, at: Date.parse('2026-01-01T00:00:00Z') },
  });
  expect(toObserved(exited({ ...exit, requested_stop: true }))).toMatchObject({ lastExit: null });
  expect(toObserved(exited({ ...exit, exited_at: null }))).toMatchObject({ lastExit: { at: null } });
  expect(toObserved(exited({ ...exit, exited_at: 'soon' }))).toMatchObject({ lastExit: { at: null } });
});

function open(count = 1) {
  const updates: unknown[] = [];
  const updateMany = async (query: unknown) => {
    updates.push(query);
    return { count };
  };
  const prisma = { machine: { updateMany } } as unknown as PrismaClient; // nothing else is called
  const fleet = { addressModeOf: () => ({ kind: '6pn', app: 'app' }) } as unknown as Fleet; // as above
  return {
    updates,
    save: (before: Parameters<typeof row>[0], over: object) =>
      saveObservation({ prisma, now: () => NOW }, row(before), machine(over), fleet),
  };
}

const ADDRESS = 'http://fly1.vm.app.internal:8080';

test('writes what changed, only while the row is as it was read', async () => {
  const { updates, save } = open();
  const seen = { machineId: 'fly1', state: 'started', address: ADDRESS, instanceId: 'i2', unreachableSince: null };
  expect(await save({ machineId: null }, { instance_id: 'i2' })).toMatchObject({ id: 'm1', ...seen });
  expect(updates).toEqual([
    { where: { id: 'm1', machineId: null }, data: { ...seen, machineSince: NOW, updatedAt: NOW } },
  ]);
  await expect(open(0).save({}, { instance_id: 'i2' })).rejects.toMatchObject({ name: 'RowChangedError' });
});

test('writes nothing when nothing changed', async () => {
  const { updates, save } = open();
  expect(await save({ address: ADDRESS }, {})).toEqual(row({ address: ADDRESS }));
  expect(updates).toEqual([]);
});

test('a machine has an address only while it is started', async () => {
  const { save } = open();
  expect(await save({ address: ADDRESS }, { state: 'stopping' })).toMatchObject({ state: 'stopping', address: null });
});
