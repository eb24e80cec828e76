import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { monthlyCost } from '#server/domain/catalog.ts';

const page = readFileSync(path.resolve(import.meta.dirname, '../../docs/deploy-to-fly.md'), 'utf8');
const REGION = 'iad';

/** The cost of each step, by its first column. */
const costs = new Map(
  [...page.matchAll(/^\| (\d|others) \| .* \| (.*) \|$/gm)].map(([, step = '', dollars = '']) => [step, dollars]),
);

test('each step of the way to Fly has its cost, and what comes afterwards as well', () => {
  const steps = [...page.matchAll(/^## (\d)\. /gm)].map(([, step]) => step);
  expect(steps.length).toBeGreaterThan(0);
  expect([...costs.keys()]).toEqual([...steps, 'others']);
  for (const [step, dollars] of costs) expect(dollars, `step ${step}`).toMatch(/\d/);
});

test('the database is named with the price of the managed one', () => {
  expect(page).toMatch(/^\| 1 \| Fly's Managed Postgres/m);
});

test.each([
  ['4', 'shared-cpu-1x'],
  ['5', 'shared-cpu-1x'],
])('step %s states the price of %s that the forms show', (step, processor) => {
  expect(costs.get(step)).toContain(monthlyCost(512, REGION, processor).alwaysOn.toFixed(2));
});

test('step 5 ends at the price of a processor of its own, with the least memory that it has', () => {
  const price = Math.round(monthlyCost(2_048, REGION, 'performance-1x').alwaysOn);
  expect(costs.get('5')).toContain(`to ${price};`);
});
