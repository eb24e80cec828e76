import { expect, test } from 'vitest';
import { isBlockOfServers, selectedAtFirst } from './selection.ts';

const candidate = (key: string, blockIndex: number | null, deployable = true) => ({ key, blockIndex, deployable });

test('a block of several deployable servers is deployed together', () => {
  const block = [candidate('a', 0), candidate('b', 1), candidate('remote', 2, false)];
  expect(isBlockOfServers(block)).toBe(true);
  expect([...selectedAtFirst(block, true)]).toEqual(['a', 'b']);
});

test('the servers of one repository are alternatives, also when a launch names the repository', () => {
  for (const blockIndex of [null, 0]) {
    const servers = [
      candidate('first', blockIndex, false),
      candidate('second', blockIndex),
      candidate('third', blockIndex),
    ];
    expect(isBlockOfServers(servers)).toBe(false);
    expect([...selectedAtFirst(servers, false)]).toEqual(['second']);
  }
});

test('a block with one server that can be deployed offers it alone', () => {
  const block = [candidate('remote', 0, false), candidate('b', 1)];
  expect(isBlockOfServers(block)).toBe(false);
  expect([...selectedAtFirst(block, false)]).toEqual(['b']);
});
