import { screen } from '@testing-library/react';
import { expect, test } from 'vitest';
import { renderPage } from '../../testing/render.testing.tsx';
import { Recording } from './Recording.tsx';

const show = (isOn: boolean, isOwner: boolean) =>
  renderPage(<Recording id="1" isOn={isOn} isOwner={isOwner} onChanged={() => {}} />);

test.each([
  [true, 'Stop recording'],
  [false, 'Record arguments and results'],
])('the recording of calls is switched by owners alone: on is %s', (isOn, label) => {
  const { unmount } = show(isOn, true);
  expect(screen.getByRole('button').textContent).toBe(label);
  unmount();
  show(isOn, false);
  expect(screen.queryByRole('button')).toBeNull();
});

test('people who operate a deployment see that calls are recorded, and who can read them', () => {
  show(true, false);
  expect(screen.getByRole('status').textContent).toContain('Only owners can see them.');
});
