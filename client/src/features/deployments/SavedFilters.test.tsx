import { screen } from '@testing-library/react';
import { beforeEach, expect, test } from 'vitest';
import { renderPage } from '../../testing/render.testing.tsx';
import { SavedFilters } from './SavedFilters.tsx';
import { withFilter } from './saved-filters.ts';

beforeEach(() => window.localStorage.clear());

test('saves the present filter by a name', async () => {
  const { user, router } = renderPage(<SavedFilters />);
  await router.navigate('/deployments?status=attention&q=map');
  await user.click(await screen.findByRole('button', { name: 'Saved filters' }));
  await user.type(await screen.findByLabelText('Name of the present filter'), 'Bad{Enter}');
  expect(await screen.findByRole('menuitem', { name: /Bad/ })).toBeDefined();
  expect(window.localStorage.getItem('catwalk:list-filters')).toContain('?status=attention&q=map');
});

test('opens a saved filter, and deletes one', async () => {
  const filters = [
    { name: 'Bad', query: '?status=attention' },
    { name: 'Old', query: '?q=old' },
  ];
  window.localStorage.setItem('catwalk:list-filters', JSON.stringify(filters));
  const { user, router } = renderPage(<SavedFilters />);
  await user.click(await screen.findByRole('button', { name: 'Saved filters' }));
  await user.click(await screen.findByRole('button', { name: 'Delete filter Old' }));
  expect(screen.queryByRole('menuitem', { name: /Old/ })).toBeNull();
  await user.click(screen.getByRole('menuitem', { name: /Bad/ }));
  expect(router.state.location.search).toBe('?status=attention');
});

test('replaces a filter of the same name and keeps the newest 20', () => {
  const many = Array.from({ length: 20 }, (_, at) => ({ name: `f${at}`, query: '?q=1' }));
  expect(withFilter(many, { name: 'f3', query: '?q=2' })).toHaveLength(20);
  expect(withFilter(many, { name: 'new', query: '' }).map(({ name }) => name)).not.toContain('f0');
});
