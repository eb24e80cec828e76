import { screen } from '@testing-library/react';
import { expect, test } from 'vitest';
import { renderPage } from '../../testing/render.testing.tsx';
import { InstallOutput } from './InstallOutput.tsx';

const show = (more: { isRunning?: boolean; isFailed?: boolean; stream?: string } = {}) =>
  renderPage(
    <InstallOutput
      databaseId="d1"
      since={null}
      isRunning={more.isRunning ?? false}
      isFailed={more.isFailed ?? false}
    />,
    {
      respond: () => ({
        deploymentLogs: {
          __typename: 'LogLine',
          at: '2026-11-20T10:00:00Z',
          stream: more.stream ?? 'INSTALL',
          text: '$ npm install orbit@1.0.0',
        },
      }),
    },
  );
const isOpen = async () => (await screen.findByText('Installation output')).closest('details')?.open;

test('is open while the installation runs and when it failed, and folded once it is done', async () => {
  const running = show({ isRunning: true });
  expect(await isOpen()).toBe(true);
  expect(screen.getByRole('log').textContent).toBe('$ npm install orbit@1.0.0\n');
  running.unmount();
  const failed = show({ isFailed: true });
  expect(await isOpen()).toBe(true);
  failed.unmount();
  show();
  expect(await isOpen()).toBe(false);
});
