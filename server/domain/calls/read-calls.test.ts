import { expect, test } from 'vitest';
import { callWhere } from './read-calls.ts';

test.each([
  ['5', 5n],
  ['x', 0n],
])('the id %j of a call is looked for within its deployment alone', (id, expected) => {
  expect(callWhere('d1', { id })).toEqual({ deploymentId: 'd1', id: expected });
});
