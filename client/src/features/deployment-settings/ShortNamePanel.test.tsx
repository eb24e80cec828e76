import { screen, waitFor } from '@testing-library/react';
import { expect, test } from 'vitest';
import { makeFragmentData } from '../../generated/index.ts';
import { renderPage } from '../../testing/render.testing.tsx';
import { ShortNamePanel, ShortNamePanelFragment } from './ShortNamePanel.tsx';

const FORMER = { __typename: 'FormerSlug' as const, slug: 'rain', until: '2026-12-31T12:00:00.000Z' };
const open = (outcome: object) =>
  renderPage(
    <ShortNamePanel
      deployment={makeFragmentData(
        { __typename: 'Deployment', id: 'd1', slug: 'weather', formerSlugs: [FORMER] },
        ShortNamePanelFragment,
      )}
    />,
    { respond: () => ({ outcome }) },
  );
const field = () => screen.findByRole<HTMLInputElement>('textbox', { name: 'Short name' });
const save = () => screen.getByRole<HTMLButtonElement>('button', { name: 'Save' });

test('a refused short name stays in the field, with the reason and what to do', async () => {
  const message = 'The short name “team” is taken.';
  const { user, requests } = open({
    ...{ __typename: 'ConflictError', code: 'CONFLICT', message, hint: 'Choose another one.', retryable: false },
  });
  expect(save().disabled).toBe(true);
  await user.clear(await field());
  await user.type(await field(), 'team');
  await user.click(save());
  expect(await screen.findByText(`${message} Choose another one.`)).toBeTruthy();
  expect((await field()).value).toBe('team');
  expect(requests.map(({ variables }) => variables['input'])).toEqual([{ id: 'd1', slug: 'team' }]);
});

test('an empty field asks for a short name made of the name', async () => {
  const { user, requests } = open({ __typename: 'Deployment', id: 'd1' });
  await user.clear(await field());
  await user.click(save());
  await waitFor(() => expect(requests.map(({ variables }) => variables['input'])).toEqual([{ id: 'd1', slug: '' }]));
});

test('a replaced short name is shown with the day of its end', async () => {
  open({});
  const former = await screen.findByText('rain');
  expect(former.parentElement?.textContent).toMatch(/^rain works until .*2026/);
});
