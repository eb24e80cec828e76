import { screen, waitFor } from '@testing-library/react';
import { expect, test } from 'vitest';
import { makeFragmentData } from '../../generated/index.ts';
import { renderPage } from '../../testing/render.testing.tsx';
import { PublicPagePanel, PublicPagePanelFragment } from './PublicPagePanel.tsx';

const PAGE = {
  __typename: 'PublicPage' as const,
  text: 'Knows the weather.',
  view: null,
  url: 'https://catwalk.example/p/weather',
  badgeUrl: 'https://catwalk.example/p/weather/badge.svg',
};
const open = (publicPage: typeof PAGE | null) =>
  renderPage(
    <PublicPagePanel
      deployment={makeFragmentData(
        {
          __typename: 'Deployment',
          id: 'd1',
          publicPage,
          views: [{ __typename: 'View', id: 'v1', name: 'read-only' }],
        },
        PublicPagePanelFragment,
      )}
    />,
    {
      respond: () => ({
        outcome: { __typename: 'Deployment', id: 'd1', publicPage: null, views: [] },
      }),
    },
  );

test('the page is published with its text and the chosen view', async () => {
  const { user, requests } = open(null);
  expect(screen.queryByText('Switch off')).toBeNull();
  await user.type(await screen.findByRole('textbox', { name: 'Description' }), 'Rain?');
  await user.click(screen.getByRole('combobox', { name: 'Tools' }));
  await user.click(await screen.findByRole('option', { name: 'read-only' }));
  await user.click(screen.getByRole('button', { name: 'Publish page' }));
  await waitFor(() =>
    expect(requests.map(({ name, variables }) => [name, variables['input']])).toEqual([
      ['PublishPage', { deploymentId: 'd1', text: 'Rain?', view: 'read-only' }],
    ]),
  );
});

test('a page that is on shows its address and its badge, and is switched off', async () => {
  const { user, requests } = open(PAGE);
  expect((await screen.findByRole('button', { name: 'Save' })) as HTMLButtonElement).toHaveProperty('disabled', true);
  expect(document.body.textContent).toContain(`[![MCP](${PAGE.badgeUrl})](${PAGE.url})`);
  await user.click(screen.getByRole('button', { name: 'Switch off' }));
  await waitFor(() => expect(requests.map(({ name }) => name)).toEqual(['WithdrawPage']));
});
