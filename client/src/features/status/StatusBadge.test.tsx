import { screen } from '@testing-library/react';
import { expect, test } from 'vitest';
import { renderPage } from '../../testing/render.testing.tsx';
import { DoubtNote, StatusBadge } from './StatusBadge.tsx';

test('a server without tools is shown as running and as having none', async () => {
  renderPage(
    <>
      <StatusBadge status="RUNNING" doubt="NO_TOOLS" />
      <DoubtNote doubt="NO_TOOLS" />
    </>,
  );
  const badge = await screen.findByText('Running');
  expect(badge.getAttribute('data-tone')).toBe('amber');
  expect(screen.getByText('No tools').title).toContain('offers no tools');
});

test('untested credentials are no trouble yet', async () => {
  renderPage(<StatusBadge status="RUNNING" doubt="CREDENTIALS_UNTRIED" />);
  expect((await screen.findByText('Running')).getAttribute('data-tone')).toBe('green');
});

test('an intent that is under way matters more than a doubt', async () => {
  renderPage(<StatusBadge status="RUNNING" doubt="CALLS_FAIL" pending="STOP" />);
  expect((await screen.findByText('Stopping')).getAttribute('data-tone')).toBe('gray');
});
