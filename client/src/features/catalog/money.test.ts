import { expect, test } from 'vitest';
import { costWords } from './money.ts';

const cost = { alwaysOn: 2.02, withSleep: 0.25, currency: 'USD' };

test('a cost says what it is as chosen, and what the other choice would be', () => {
  expect(costWords(cost, false)).toBe('$2.02 a month; about $0.25 if it slept while idle');
  expect(costWords(cost, true)).toBe('About $0.25 a month; $2.02 if it were always awake');
  expect(costWords({ ...cost, alwaysOn: 0, withSleep: 0 }, true)).toBe('Free: it runs on this computer.');
});
