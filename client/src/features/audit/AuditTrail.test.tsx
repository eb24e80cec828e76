import { screen } from '@testing-library/react';
import { expect, test } from 'vitest';
import type { FragmentType } from '../../generated/index.ts';
import { renderPage } from '../../testing/render.testing.tsx';
import { type AuditRowFragment, AuditTrail } from './AuditTrail.tsx';

const event = (id: string, more: object = {}) =>
  ({
    id,
    at: new Date(2026, 10, 20, 10, 0, Number(id)).toISOString(),
    actor: 'ann',
    actorName: 'Ann',
    ip: null,
    type: 'deployment.stopped',
    deploymentDatabaseId: `d${id}`,
    deploymentName: `Server ${id}`,
    data: {},
    ...more,
  }) as unknown as FragmentType<typeof AuditRowFragment>; // masked: the component reads these fields

const show = (events: FragmentType<typeof AuditRowFragment>[]) =>
  renderPage(<AuditTrail events={events} viewerId="ann" deployments={[{ databaseId: 'd1', name: 'Renamed' }]} />);

test('shows one action on many deployments as one entry that opens to their names', async () => {
  show([event('3'), event('2'), event('1')]);
  expect((await screen.findByText('Stopped 3 deployments')).closest('details')).not.toBeNull();
  expect(screen.getAllByRole('listitem', { hidden: true }).map((item) => item.textContent)).toEqual(
    expect.arrayContaining(['Server 3', 'Server 2', 'Renamed']),
  );
});

test('keeps the name of a deployment that was deleted', async () => {
  show([event('2', { type: 'deployment.deleted' })]);
  expect((await screen.findByText(/^Deleted/)).textContent).toBe('Deleted Server 2');
  expect(screen.queryByRole('link')).toBeNull();
});

test('sorts entries below headings of days', async () => {
  show([event('2'), event('1', { at: new Date(2026, 10, 18).toISOString() })]);
  expect(await screen.findAllByRole('heading')).toHaveLength(2);
});
