import { screen, within } from '@testing-library/react';
import { expect, test } from 'vitest';
import { renderPage } from '../../testing/render.testing.tsx';
import { MachineUsage } from './MachineUsage.tsx';

const MEGABYTE = 1_000_000;

const point = (minute: number, figures: object = {}) => ({
  __typename: 'MachineUsagePoint',
  at: new Date(Date.UTC(2026, 10, 30, 10, minute)).toISOString(),
  sessions: null,
  memoryBytes: null,
  processorShare: null,
  ...figures,
});

const show = (points: object[]) =>
  renderPage(<MachineUsage databaseId="1" range="HOUR" days={7} />, {
    respond: () => ({ deployment: { __typename: 'Deployment', id: 'd', machineUsage: points } }),
  });

test('sessions, memory and processor time have a chart each, which a keyboard reads', async () => {
  const { user, requests } = show([
    point(0),
    point(5, { sessions: 3, memoryBytes: 120 * MEGABYTE, processorShare: 0.125 }),
  ]);
  const machine = await screen.findByRole('region', { name: 'Machine' });
  expect(requests[0]?.variables).toEqual({ id: '1', range: 'HOUR', days: 7 });
  expect(machine.textContent).toContain('at most 3');
  expect(machine.textContent).toContain('up to 12.5% of a core');
  await user.tab();
  await user.tab();
  expect(document.activeElement).toBe(within(machine).getByRole('group', { name: /^Memory over time/ }));
  await user.keyboard('{End}');
  expect(machine.textContent).toMatch(/: 120(\.0)? MB/);
  await user.keyboard('{Home}');
  expect(machine.textContent).toContain('not awake');
});

test('nothing stands there for a time in which the machine was not awake', async () => {
  const { requests } = show([point(0), point(5)]);
  await expect.poll(() => requests.length).toBe(1);
  expect(screen.queryByRole('region', { name: 'Machine' })).toBeNull();
});
