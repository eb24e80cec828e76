import { expect, test } from 'vitest';
import { FLY_REGIONS, LOCAL_REGION, MACHINE_SIZES, monthlyCost, regionsOf } from './catalog.ts';

test.each([
  [256, 'shared-cpu-1x', 'iad', 2.19],
  [512, 'shared-cpu-1x', 'iad', 3.69],
  [1024, 'shared-cpu-1x', 'iad', 6.7],
  [2048, 'shared-cpu-2x', 'iad', 13.39],
  [2048, 'performance-1x', 'iad', 33],
  [1024, 'shared-cpu-1x', 'fra', 7.73],
  [1024, 'shared-cpu-1x', 'sin', 8.5],
])('%i MB with %s in %s costs what Fly lists', (memoryMb, processor, region, usd) => {
  expect(monthlyCost(memoryMb, region, processor).alwaysOn).toBeCloseTo(usd, 1);
});

test('a machine has the processor that is named', () => {
  expect(monthlyCost(512, 'iad')).toEqual(monthlyCost(512, 'iad', 'shared-cpu-1x'));
  expect(monthlyCost(512, 'iad', 'shared-cpu-2x').alwaysOn).toBe(4.38);
});

test('sleeping is cheaper everywhere, and this computer is free', () => {
  for (const { memoryMb } of MACHINE_SIZES) {
    for (const { code } of FLY_REGIONS) {
      const cost = monthlyCost(memoryMb, code);
      expect(cost.withSleep).toBeLessThan(cost.alwaysOn);
      expect(cost.withSleep).toBeGreaterThan(0);
    }
    expect(monthlyCost(memoryMb, LOCAL_REGION)).toMatchObject({ alwaysOn: 0, withSleep: 0 });
  }
});

test('an unknown region is never shown cheaper than a known one', () => {
  expect(monthlyCost(512, 'xyz').alwaysOn).toBeGreaterThanOrEqual(monthlyCost(512, 'sjc').alwaysOn);
});

test('local machines run here alone', () => {
  expect(regionsOf('local').map(({ code }) => code)).toEqual([LOCAL_REGION]);
  expect(regionsOf('fly')[0]?.code).toBe('iad');
});
