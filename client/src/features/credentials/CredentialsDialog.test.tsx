import { screen, within } from '@testing-library/react';
import { expect, test } from 'vitest';
import type { FragmentType } from '../../generated/index.ts';
import { renderPage } from '../../testing/render.testing.tsx';
import { CredentialsDialog, type CredentialsDialogFragment } from './CredentialsDialog.tsx';

const field = (name: string, more: object = {}) => ({
  name,
  label: name,
  description: null,
  kind: 'TEXT',
  required: true,
  requirement: 'HARD',
  default: null,
  choices: [],
  group: 'login',
  together: [],
  helpUrl: null,
  advanced: false,
  confidence: 'HIGH',
  evidence: [],
  ...more,
});

const show = (credentialsSet: string[]) =>
  renderPage(
    <CredentialsDialog
      opened
      onClose={() => undefined}
      deployment={
        {
          id: 'd1',
          name: 'demo',
          credentialsSet,
          personalFields: [],
          credentialFields: [
            field('KEY'),
            field('EMAIL', { together: ['PASSWORD'] }),
            field('PASSWORD', { together: ['EMAIL'] }),
          ],
        } as unknown as FragmentType<typeof CredentialsDialogFragment>
      }
    />,
  );

test('keeps the only value of a required group, as the server would', async () => {
  show(['KEY']);
  const group = await screen.findByRole('group', { name: 'Enter one of these' });
  expect(group.querySelectorAll('input')).toHaveLength(3);
  expect(within(group).queryByRole('button', { name: 'Remove' })).toBeNull();
});

test('offers to remove the value once another way of the group is complete', async () => {
  const { user } = show(['KEY']);
  await user.type(await screen.findByLabelText(/EMAIL/), 'a@example.com');
  expect(screen.queryByRole('button', { name: 'Remove' })).toBeNull();
  await user.type(screen.getByLabelText(/PASSWORD/), 'p');
  expect(screen.getAllByRole('button', { name: 'Remove' })).toHaveLength(1);
});
