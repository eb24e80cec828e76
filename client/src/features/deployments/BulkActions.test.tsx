import { screen } from '@testing-library/react';
import { expect, test, vi } from 'vitest';
import { renderPage } from '../../testing/render.testing.tsx';
import { BulkActions, callsText } from './BulkActions.tsx';
import { createDelayedActions } from './delayed-actions.ts';
import { ListActivityContext, type RowActivity } from './list-activity.ts';
import { DelayedActionsContext } from './use-bulk-intent.tsx';

const rows = [
  { id: '1', name: 'Maps', status: 'RUNNING' as const, tags: ['prod'] },
  { id: '2', name: 'Tides', status: 'RUNNING' as const, tags: [] },
];
const activity = new Map([['1', { id: '1', activity: { callsLastHour: 41 } } as unknown as RowActivity]]);

function show(selected: Parameters<typeof BulkActions>[0]['selected'] = rows) {
  const delayed = createDelayedActions();
  const view = renderPage(
    <DelayedActionsContext value={delayed}>
      <ListActivityContext value={activity}>
        <BulkActions selected={selected} onClear={() => undefined} />
      </ListActivityContext>
    </DelayedActionsContext>,
  );
  return { ...view, delayed };
}

test('asks before a stop, with names and the calls of the last hour, and sends it when the delay is over', async () => {
  const { user, delayed, requests } = show();
  await user.click(await screen.findByRole('button', { name: 'Stop 2…' }));
  const dialog = await screen.findByRole('dialog', { name: 'Stop 2 deployments?' });
  expect(dialog.textContent).toContain('Maps, Tides');
  expect(dialog.textContent).toContain('41 calls in the last hour, at 1 of them.');
  await user.click(screen.getByRole('button', { name: 'Stop' }));
  expect(requests).toEqual([]);
  delayed.flush();
  await vi.waitFor(() => expect(requests.map(({ variables }) => variables)).toEqual([{ id: '1' }, { id: '2' }]));
});

test('counts no bundle among those that restart or redeploy', async () => {
  show([...rows, { id: '3', name: 'Work', status: 'RUNNING', tags: [], isBundle: true }]);
  for (const name of ['Stop 3…', 'Restart 2…', 'Redeploy 2…', 'Delete 3…'])
    expect(await screen.findByRole('button', { name })).toBeTruthy();
});

test('redeploys all selected deployments', async () => {
  const { user, delayed, requests } = show();
  await user.click(await screen.findByRole('button', { name: 'Redeploy 2…' }));
  await user.click(await screen.findByRole('button', { name: 'Redeploy' }));
  delayed.flush();
  await vi.waitFor(() => expect(requests.map(({ name }) => name)).toEqual(['Redeploy', 'Redeploy']));
  expect(requests[0]?.variables).toEqual({ input: { id: '1' } });
});

test('says that nothing was called', () => {
  expect([callsText([0, 0]), callsText([1])]).toEqual([
    'None of them was called in the last hour.',
    '1 call in the last hour, at 1 of them.',
  ]);
});
