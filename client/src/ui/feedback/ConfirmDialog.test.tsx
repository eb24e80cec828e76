import { screen } from '@testing-library/react';
import { expect, test } from 'vitest';
import { renderPage } from '../../testing/render.testing.tsx';
import { ConfirmDialog } from './ConfirmDialog.tsx';

const dialog = (onConfirm: () => Promise<{ code: string; message: string } | null>, onClose: () => void = () => {}) => (
  <ConfirmDialog opened onClose={onClose} title="Delete it?" confirm="Delete" typed="weather" onConfirm={onConfirm}>
    Everything is deleted.
  </ConfirmDialog>
);

test('enables the button only after the name is typed, and closes after a success', async () => {
  let confirmed = 0;
  let closed = 0;
  const { user } = renderPage(
    dialog(
      async () => {
        confirmed += 1;
        return null;
      },
      () => {
        closed += 1;
      },
    ),
  );
  const button = screen.getByRole<HTMLButtonElement>('button', { name: 'Delete' });
  expect(button.disabled).toBe(true);
  await user.type(screen.getByRole('textbox'), 'weather');
  expect(button.disabled).toBe(false);
  await user.click(button);
  expect([confirmed, closed]).toEqual([1, 1]);
});

test('shows a problem and stays open', async () => {
  let closed = 0;
  const { user } = renderPage(
    dialog(
      async () => ({ code: 'CONFLICT', message: 'Busy.' }),
      () => {
        closed += 1;
      },
    ),
  );
  await user.type(screen.getByRole('textbox'), 'weather{Enter}');
  expect((await screen.findByRole('alert')).textContent).toContain('Busy.');
  expect(closed).toBe(0);
});
