import { expect, test } from 'vitest';
import { responseOf } from '../../response.testing.ts';
import { createChildRoom, memoryByGroup } from './child-room.ts';
import { CapacityError } from './failed-call.ts';
import { envelopeOf, peerOf, replyOf, sessionOf } from './parts.testing.ts';

const MEGABYTE = 1024 * 1024;
const RESERVE = 48 * MEGABYTE;

const childOf = (pid: number, lastUsed: number) => {
  const child = peerOf({ pid });
  child.peer.lastUsed = lastUsed;
  return child;
};
const makeBusy = ({ peer }: ReturnType<typeof childOf>) =>
  peer.call(sessionOf(), replyOf(), envelopeOf({ id: 1, method: 'tools/call' }));

/** The children that are stopped to make room among the given ones. */
async function stopped(children: ReturnType<typeof childOf>[], options: Parameters<typeof createChildRoom>[0]) {
  await createChildRoom(options)(new Set(children.map(({ peer }) => peer)));
  return children.filter(({ stops }) => stops > 0).map(({ peer }) => peer.pid);
}

test('below the number of children and without a limit of memory it stops no child', async () => {
  expect(await stopped([childOf(1, 0)], { memoryBytes: null, childrenMax: 2 })).toEqual([]);
});

test('at the number of children it stops the one that is idle for the longest time', async () => {
  const children = [childOf(1, 5), childOf(2, 3), childOf(3, 4)];
  expect(await stopped(children, { memoryBytes: null, childrenMax: 3 })).toEqual([2]);
});

test('allows 64 children', async () => {
  const children = Array.from({ length: 64 }, (_, index) => childOf(index + 1, index));
  expect(await stopped(children.slice(1), { memoryBytes: null })).toEqual([]);
  expect(await stopped(children, { memoryBytes: null })).toEqual([1]);
});

test('stops no child that answers a call, asks its client, or has not answered its handshake', async () => {
  const calling = childOf(1, 0);
  makeBusy(calling);
  const asking = childOf(2, 1);
  const session = sessionOf();
  asking.peer.sessions.add(session);
  session.expectAnswer({ peer: asking.peer, id: '1', onAnswer: () => {} });
  const starting = childOf(3, 2);
  starting.peer.serving = false;
  const idle = childOf(4, 3);
  const limit = { memoryBytes: null, childrenMax: 4, waitMs: 0 };
  expect(await stopped([calling, asking, starting, idle], limit)).toEqual([4]);
  await expect(stopped([calling, asking, starting], { ...limit, childrenMax: 3 })).rejects.toThrow(CapacityError);
});

test('waits for a busy child to become idle', async () => {
  const calling = childOf(1, 0);
  makeBusy(calling);
  const room = stopped([calling], { memoryBytes: null, childrenMax: 1 });
  await new Promise(setImmediate);
  expect(calling.stops).toBe(0);
  calling.peer.receive('{"jsonrpc":"2.0","id":1,"result":{}}');
  expect(await room).toEqual([1]);
});

test('a question to another child keeps no child busy', async () => {
  const idle = childOf(1, 0);
  const session = sessionOf();
  idle.peer.sessions.add(session);
  session.expectAnswer({ peer: peerOf().peer, id: '1', onAnswer: () => {} });
  expect(await stopped([idle], { memoryBytes: null, childrenMax: 1 })).toEqual([1]);
});

test('prefers a child without listeners, even if it was used later', async () => {
  const listened = childOf(1, 0);
  const session = sessionOf();
  session.standalone.connect(responseOf().response, { now: 0, primed: false });
  listened.peer.sessions.add(session);
  expect(await stopped([listened, childOf(2, 9)], { memoryBytes: null, childrenMax: 2 })).toEqual([2]);
});

test('a session without a stream makes its child no better than others', async () => {
  const quiet = childOf(1, 0);
  quiet.peer.sessions.add(sessionOf());
  expect(await stopped([quiet, childOf(2, 9)], { memoryBytes: null, childrenMax: 2 })).toEqual([1]);
});

test('assumes 64 megabytes for the next child, or as much as the largest one uses', async () => {
  const room = async (memoryBytes: number, used: number) => {
    const children = [childOf(1, 0), childOf(2, 1)];
    const sizes = new Map([
      [1, used],
      [2, MEGABYTE],
    ]);
    return stopped(children, { memoryBytes, measure: () => sizes });
  };
  const host = process.memoryUsage.rss();
  const margin = 24 * MEGABYTE; // the host's own memory grows while the test runs
  const small = host + MEGABYTE + MEGABYTE + 64 * MEGABYTE + RESERVE;
  expect(await room(small + margin, MEGABYTE)).toEqual([]);
  expect(await room(small - margin, MEGABYTE)).toEqual([1, 2]);
  const large = host + 200 * MEGABYTE + MEGABYTE + 200 * MEGABYTE + RESERVE;
  expect(await room(large + margin, 200 * MEGABYTE)).toEqual([]);
  expect(await room(large - margin, 200 * MEGABYTE)).toEqual([1]);
});

test('where memory cannot be measured, only the number of children is limited', async () => {
  expect(await stopped([childOf(1, 0)], { memoryBytes: 1, measure: () => null })).toEqual([]);
});

test('the first child starts whatever the memory is', async () => {
  expect(await stopped([], { memoryBytes: 1, measure: () => new Map() })).toEqual([]);
});

test.runIf(process.platform === 'linux')('measures process groups in bytes', () => {
  const bytes = [...(memoryByGroup() ?? [])].map(([, size]) => size);
  expect(Math.max(...bytes)).toBeGreaterThan(16 * MEGABYTE);
});
