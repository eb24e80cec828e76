import { screen } from '@testing-library/react';
import { expect, test } from 'vitest';
import { renderPage } from '../../testing/render.testing.tsx';
import { RowMenu } from './RowMenu.tsx';

const open = async (more: { status?: 'RUNNING' | 'FAILED'; viewerRole?: string; isBundle?: boolean } = {}) => {
  const deployment = {
    id: '1',
    databaseId: 'd1',
    name: 'Maps',
    status: 'RUNNING' as const,
    isBundle: false,
    tags: [],
    viewerRole: 'OWN',
  };
  const view = renderPage(<RowMenu deployment={{ ...deployment, ...more }} />);
  await view.user.click(await screen.findByRole('button', { name: 'Actions for Maps' }));
  await screen.findByRole('menuitem', { name: 'Calls' });
  return { ...view, items: screen.getAllByRole('menuitem').map((item) => item.textContent) };
};

test('offers what the status allows', async () => {
  expect((await open()).items).toEqual(
    expect.arrayContaining(['Stop', 'Restart…', 'Deploy the newest version…', 'Tags…', 'Delete…']),
  );
});

test('offers a start, and no restart, of a deployment that failed', async () => {
  const { items } = await open({ status: 'FAILED' });
  expect(items).toContain('Start');
  expect(items).not.toContain('Restart…');
});

test('leaves settings, tags and the deletion to owners', async () => {
  const { items } = await open({ viewerRole: 'OPERATE' });
  for (const item of ['Settings', 'Tags…', 'Delete…']) expect(items).not.toContain(item);
});

test.each(['RUNNING', 'FAILED'] as const)(
  'offers a bundle in status %s nothing that needs a process or a package',
  async (status) => {
    const { items } = await open({ isBundle: true, status });
    expect(items).toEqual(expect.arrayContaining(['Members', 'Calls', 'Tags…', 'Delete…']));
    for (const item of ['Logs', 'Restart…', 'Deploy the newest version…']) expect(items).not.toContain(item);
  },
);

test('stops the deployment', async () => {
  const { user, requests } = await open();
  await user.click(screen.getByRole('menuitem', { name: 'Stop' }));
  expect(requests).toEqual([{ name: 'StopDeployment', variables: { id: '1' } }]);
});
