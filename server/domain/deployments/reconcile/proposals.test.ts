import { expect, test } from 'vitest';
import { FLY_REGIONS, MACHINE_SIZES } from '#server/domain/catalog.ts';
import { isFlyRegion, proposeMemory, proposeRegions } from './proposals.ts';

const SIZES = MACHINE_SIZES.map(({ memoryMb }) => memoryMb);
const CODES = FLY_REGIONS.map(({ code }) => code);

test('proposes the next larger size, and none above the largest', () => {
  expect(SIZES.map(proposeMemory)).toEqual([...SIZES.slice(1), null]);
});

test.each([
  ['iad', ['ewr', 'ord', 'yyz']],
  ['gru', ['iad', 'ewr', 'ord']],
  ['jnb', ['ams', 'fra', 'cdg']],
  ['ams', ['fra', 'cdg', 'lhr']],
  ['sin', ['nrt', 'bom', 'syd']],
  ['syd', ['sin', 'nrt', 'bom']],
])('proposes the regions next to %s', (region, nearest) => {
  expect(proposeRegions(region)).toEqual(nearest);
});

test('every region has three other regions that exist', () => {
  for (const code of CODES) {
    const proposed = proposeRegions(code);
    expect(new Set(proposed).size).toBe(3);
    expect(proposed).not.toContain(code);
    expect(CODES).toEqual(expect.arrayContaining(proposed));
  }
  expect(proposeRegions('local')).toEqual(CODES.slice(0, 3));
});

test('knows the regions of Fly, and not this computer', () => {
  expect(CODES.map(isFlyRegion)).toEqual(CODES.map(() => true));
  expect(isFlyRegion('local')).toBe(false);
});
