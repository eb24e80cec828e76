import { screen } from '@testing-library/react';
import { expect, test } from 'vitest';
import { renderPage } from '../../testing/render.testing.tsx';
import { StatusBadge } from './StatusBadge.tsx';

test('a server without tools is shown as running and as having none', async () => {
  renderPage(<StatusBadge status="RUNNING" doubt="NO_TOOLS" />);
  const badge = await screen.findByText('Running');
  expect(badge.getAttribute('data-tone')).toBe('amber');
  expect(screen.getByText('No tools')).toBeDefined();
});

test('untested credentials are named, and are no trouble yet', async () => {
  renderPage(<StatusBadge status="RUNNING" doubt="CREDENTIALS_UNTRIED" />);
  expect((await screen.findByText('Running')).getAttribute('data-tone')).toBe('green');
  expect(screen.getByText('Credentials untested')).toBeDefined();
});

test('an intent that is under way hides the doubt', async () => {
  renderPage(<StatusBadge status="RUNNING" doubt="CALLS_FAIL" pending="STOP" />);
  expect(await screen.findByText('Stopping')).toBeDefined();
  expect(screen.queryByText('Calls fail')).toBeNull();
});
