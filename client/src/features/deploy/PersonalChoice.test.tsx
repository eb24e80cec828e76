import { fireEvent, screen } from '@testing-library/react';
import { expect, test, vi } from 'vitest';
import { renderPage } from '../../testing/render.testing.tsx';
import { PersonalChoice } from './PersonalChoice.tsx';

const FIELDS = [{ name: 'GITHUB_TOKEN', label: 'GitHub token' }];

const show = (more: Partial<Parameters<typeof PersonalChoice>[0]> = {}) => {
  const onChange = vi.fn();
  renderPage(<PersonalChoice fields={FIELDS} access="OAUTH" chosen={[]} onChange={onChange} {...more} />);
  return onChange;
};

test('offers that each person enters an own key, and shares the key until then', () => {
  const onChange = show();
  const choice = screen.getByRole<HTMLInputElement>('checkbox', { name: 'GitHub token (GITHUB_TOKEN)' });
  expect(choice.checked).toBe(false);
  fireEvent.click(choice);
  expect(onChange).toHaveBeenCalledWith(['GITHUB_TOKEN']);
});

test('offers nothing where no field is the key of an account', () => {
  show({ fields: [] });
  expect(screen.queryByRole('checkbox')).toBeNull();
});

test('offers nothing for a public endpoint, which does not know who calls', () => {
  show({ access: 'PUBLIC', chosen: ['GITHUB_TOKEN'] });
  const choice = screen.getByRole<HTMLInputElement>('checkbox');
  expect(choice.disabled).toBe(true);
  expect(choice.checked).toBe(false);
});
