import { expect, test } from 'vitest';
import { FLY_REGIONS, LOCAL_REGION, MACHINE_SIZES, monthlyCost, regionsOf } from './catalog.ts';

test.each([
  [256, 'iad', 2.02],
  [512, 'iad', 3.32],
  [1024, 'iad', 5.92],
  [256, 'sjc', 2.32],
  [1024, 'sjc', 6.8],
])('%i MB in %s costs what the list says', (memoryMb, region, usd) => {
  expect(monthlyCost(memoryMb, region).alwaysOn).toBeCloseTo(usd, 1);
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
