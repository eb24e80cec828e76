import { expect, it } from 'vitest';
import { storable } from './storable.ts';

it('takes out what the database refuses, wherever it is, and leaves the rest as it is', () => {
  const at = new Date();
  expect(storable({ 'a\0': ['x\0y', { b: 'half \ud800 pair' }], n: 1, none: null, at })).toEqual({
    a: ['xy', { b: 'half \ufffd pair' }],
    n: 1,
    none: null,
    at,
  });
});
