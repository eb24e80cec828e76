import { expect, test } from 'vitest';
import { formatMonthlyCost } from './money.ts';

const cost = { alwaysOn: 2.02, withSleep: 0.25, currency: 'USD' };

test('formats the cost with the chosen sleep setting and with the other one', () => {
  expect(formatMonthlyCost(cost, false)).toBe('$2.02 per month (about $0.25 if it sleeps when idle)');
  expect(formatMonthlyCost(cost, true)).toBe('About $0.25 per month ($2.02 if always on)');
  expect(formatMonthlyCost({ ...cost, alwaysOn: 0, withSleep: 0 }, true)).toBe('Free (runs on this computer)');
});
