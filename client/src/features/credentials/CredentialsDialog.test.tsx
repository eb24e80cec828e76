import { screen, within } from '@testing-library/react';
import { expect, test } from 'vitest';
import { createDraftStore } from '../../drafts/draft-store.ts';
import { createTabStorage } from '../../drafts/tab-storage.ts';
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

type Shown = { fields?: object[]; drafts?: ReturnType<typeof createDraftStore> };

const show = (credentialsSet: string[], { fields, drafts }: Shown = {}) =>
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
          credentialFields: fields ?? [
            field('KEY'),
            field('EMAIL', { together: ['PASSWORD'] }),
            field('PASSWORD', { together: ['EMAIL'] }),
          ],
        } as unknown as FragmentType<typeof CredentialsDialogFragment>
      }
    />,
    drafts ? { drafts } : {},
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

test('keeps what was typed when the dialog is closed, and after a reload what is no secret', async () => {
  const fields = [field('ORBIT', { group: null }), field('KEY', { group: null, kind: 'SECRET' })];
  const storage = createTabStorage(window.sessionStorage);
  const drafts = createDraftStore(storage);
  const first = show([], { fields, drafts });
  await first.user.type(await screen.findByLabelText(/ORBIT/), 'low');
  await first.user.type(screen.getByLabelText(/KEY/, { selector: 'input' }), 'hunter2');
  first.unmount();
  const second = show([], { fields, drafts });
  expect(await screen.findByLabelText(/ORBIT/)).toHaveProperty('value', 'low');
  expect(screen.getByLabelText(/KEY/, { selector: 'input' })).toHaveProperty('value', 'hunter2');
  second.unmount();
  show([], { fields, drafts: createDraftStore(storage) });
  expect(await screen.findByLabelText(/ORBIT/)).toHaveProperty('value', 'low');
  expect(screen.getByLabelText(/KEY/, { selector: 'input' })).toHaveProperty('value', '');
  expect(JSON.stringify({ ...window.sessionStorage })).not.toContain('hunter2');
});
