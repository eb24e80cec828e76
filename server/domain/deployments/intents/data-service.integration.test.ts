import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { KeptData } from '#deploy/kept-data.ts';
import type { Actor } from '#server/domain/actor.ts';
import { openRows, type Rows } from '../testing/rows-in-database.testing.ts';
import { createDataService } from './data-intents.ts';

const STOPPED = { desired: 'STOPPED', status: 'STOPPED' } as const;
const IN_USE = { code: 'CONFLICT', message: 'The server may be using its files now.' };

let rows: Rows;
let from: string;
let to: string;
let actor: Actor;
beforeAll(async () => {
  rows = await openRows();
  actor = { userId: rows.owner, role: 'MEMBER', scope: 'WRITE', via: 'session', ip: null };
});
afterAll(() => rows?.close());
beforeEach(async () => {
  from = (await rows.addDeployment(STOPPED)).id;
  to = (await rows.addDeployment(STOPPED)).id;
});

/** The service over files that only note what is done with them. */
const open = (over: Partial<KeptData> = {}) => {
  const calls: string[] = [];
  const note = (call: string) => async () => void calls.push(call);
  const kept: KeptData = {
    bytes: async () => 5,
    remove: note('remove'),
    setAside: async (id) => {
      calls.push(`set aside ${id === from ? 'from' : 'to'}`);
      return note('removed');
    },
    prepareCopy: async () => ({ replace: note('replace'), discard: note('discard') }),
    archive: async () => new PassThrough(),
    ...over,
  };
  const service = createDataService({ database: rows.database, keptFilesOf: async () => kept });
  return { service, calls };
};
const audited = async (deploymentId: string) =>
  (await rows.prisma.auditEvent.findMany({ where: { deploymentId } })).map(({ type, data }) => [type, data]);

test('measures what a deployment keeps, and nothing where machines keep none', async () => {
  const { service } = open();
  expect(await service.measure({ id: from, ownerId: rows.owner })).toEqual({ bytes: 5, limitBytes: 1_073_741_824 });
  const none = createDataService({ database: rows.database, keptFilesOf: async () => null });
  expect(await none.measure({ id: from, ownerId: rows.owner })).toBeNull();
  await expect(none.clear(actor, from)).rejects.toMatchObject({ code: 'CONFLICT' });
});

test('clears what a stopped deployment keeps: out of the way at once, removed afterwards', async () => {
  const { service, calls } = open();
  await service.clear(actor, from);
  expect(calls).toEqual(['set aside from', 'removed']);
  expect(await audited(from)).toMatchObject([['deployment.data-cleared', {}]]);
});

test('a copy replaces what the other deployment keeps, and is audited there', async () => {
  const { service, calls } = open();
  await service.copy(actor, { fromId: from, toId: to });
  expect(calls).toEqual(['replace', 'discard']);
  expect(await audited(to)).toMatchObject([['deployment.data-copied', { from }]]);
  expect(await audited(from)).toEqual([]);
});

test('a download is audited, and handed out', async () => {
  const archive = new PassThrough();
  const { service } = open({ archive: async () => archive });
  expect(await service.download(actor, from)).toBe(archive);
  expect(await audited(from)).toMatchObject([['deployment.data-downloaded', {}]]);
  archive.destroy();
});

test.each(['busy', 'no room'] as const)('a copy for which there is %s is refused, and not audited', async (refusal) => {
  const { service } = open({ prepareCopy: async () => refusal, archive: async () => refusal });
  const refused = { code: 'CONFLICT' };
  await expect(service.copy(actor, { fromId: from, toId: to })).rejects.toMatchObject(refused);
  await expect(service.download(actor, from)).rejects.toMatchObject(refused);
  expect([await audited(from), await audited(to)]).toEqual([[], []]);
});

test('a copy that cannot replace is discarded', async () => {
  const calls: string[] = [];
  const { service } = open({
    prepareCopy: async () => ({
      replace: () => Promise.reject(new Error('disk')),
      discard: async () => void calls.push('discard'),
    }),
  });
  await expect(service.copy(actor, { fromId: from, toId: to })).rejects.toThrow('disk');
  expect(calls).toEqual(['discard']);
  expect(await audited(to)).toEqual([]);
});

test('a deployment that is to run, or whose machine may run, keeps its files as they are', async () => {
  const { service, calls } = open();
  await rows.setDeployment(to, { desired: 'RUNNING' });
  await expect(service.clear(actor, to)).rejects.toMatchObject(IN_USE);
  await expect(service.copy(actor, { fromId: from, toId: to })).rejects.toMatchObject(IN_USE);
  const machine = await rows.addMachine(await rows.addRelease(from, 1), { state: 'started' });
  for (const [state, refused] of [
    ['started', true],
    [null, true],
    ['stopped', false],
    ['destroyed', false],
  ] as const) {
    await rows.prisma.machine.update({ where: { id: machine.id }, data: { state } });
    const clearing = service.clear(actor, from);
    if (refused) await expect(clearing).rejects.toMatchObject(IN_USE);
    else await clearing;
  }
  expect(calls).toEqual(['set aside from', 'removed', 'set aside from', 'removed']);
});

test('a stranger finds nothing', async () => {
  const { service, calls } = open();
  const stranger = { ...actor, userId: 'other' };
  await expect(service.clear(stranger, from)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await expect(service.download(stranger, from)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  expect(calls).toEqual([]);
});
