import { screen } from '@testing-library/react';
import { expect, test } from 'vitest';
import type { FragmentType } from '../../generated/index.ts';
import { renderPage } from '../../testing/render.testing.tsx';
import { CredentialTest, type CredentialTestFragment } from './CredentialTest.tsx';

const show = (credentialTest: object | null, canTest = true) =>
  renderPage(
    <CredentialTest
      canTest={canTest}
      // Masked: the component reads these fields.
      deployment={{ id: 'd1', credentialTest } as unknown as FragmentType<typeof CredentialTestFragment>}
    />,
    {
      respond: () => ({
        testCredentials: { __typename: 'Deployment', id: 'd1', doubt: null, credentialTest: null },
      }),
    },
  );

test('says what a test does before the first one, and runs it', async () => {
  const { user, requests } = show(null);
  expect((await screen.findByRole('status')).textContent).toContain(
    'calls one tool that the server marks as read-only',
  );
  await user.click(screen.getByRole('button', { name: 'Test' }));
  expect(requests).toEqual([{ name: 'TestCredentials', variables: { id: 'd1' } }]);
});

test('says what the last test called and found', async () => {
  show({ at: new Date().toISOString(), outcome: 'FAILED', tool: 'get_me', message: 'get_me returned an error: no.' });
  const status = await screen.findByRole('status');
  expect(status.textContent).toContain('get_me returned an error: no.');
  expect(status.getAttribute('data-outcome')).toBe('FAILED');
});

test('cannot test while nothing runs', async () => {
  show(null, false);
  expect(await screen.findByRole('button', { name: 'Test' })).toHaveProperty('disabled', true);
});
