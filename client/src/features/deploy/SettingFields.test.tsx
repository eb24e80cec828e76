import { screen } from '@testing-library/react';
import { expect, test } from 'vitest';
import { renderPage } from '../../testing/render.testing.tsx';
import { type Arrangement, arrangeFields } from './arrange-fields.ts';
import { SettingFields } from './SettingFields.tsx';

type Credential = ReturnType<typeof credential>;
const credential = (name: string, more: object = {}) => ({
  name,
  label: name,
  description: null,
  kind: 'TEXT',
  required: false,
  requirement: 'OPTIONAL',
  confidence: 'HIGH',
  advanced: false,
  group: null as string | null,
  together: [] as string[],
  evidence: [],
  ...more,
});

const arranged = (credentials: Credential[]): Arrangement<Credential, never> =>
  arrangeFields<Credential, never>({ packageName: 'demo', credentials, arguments: [], isFilled: () => false });

const show = (credentials: Credential[], hasError: (id: string) => boolean = () => false) =>
  renderPage(
    <SettingFields
      arrangement={arranged(credentials)}
      credential={({ name }) => <input key={name} aria-label={name} />}
      argument={() => null}
      hasError={hasError}
    />,
  );

test('shows the sections in the order of their importance', () => {
  show([
    credential('EXTRA'),
    credential('LIKELY', { requirement: 'LAZY' }),
    credential('KEY', { required: true, requirement: 'HARD' }),
  ]);
  expect(screen.getAllByRole('heading').map(({ textContent }) => textContent)).toEqual([
    'Required',
    'Usually needed',
    'Optional',
  ]);
  expect(screen.getAllByRole('textbox').map((input) => input.getAttribute('aria-label'))).toEqual([
    'KEY',
    'LIKELY',
    'EXTRA',
  ]);
});

test('frames a group of which one is enough', () => {
  show([
    credential('TOKEN', { group: 'login', required: true, requirement: 'HARD' }),
    credential('PASSWORD', { group: 'login', required: true, requirement: 'HARD' }),
  ]);
  const group = screen.getByRole('group', { name: 'Enter one of these' });
  expect(group.querySelectorAll('input')).toHaveLength(2);
});

test('keeps the fields of a group together that are needed together', () => {
  const member = { group: 'login', required: true, requirement: 'HARD' };
  show([
    credential('EMAIL', { ...member, together: ['PASSWORD'] }),
    credential('KEY', member),
    credential('PASSWORD', { ...member, together: ['EMAIL'] }),
  ]);
  const group = screen.getByRole('group', { name: 'Enter one of these' });
  const labels = [...group.querySelectorAll('input')].map((input) => input.getAttribute('aria-label'));
  expect(labels).toEqual(['EMAIL', 'PASSWORD', 'KEY']);
  expect(screen.getByText('or')).toBeDefined();
});

test('searches a long fold of advanced settings', async () => {
  const many = Array.from({ length: 8 }, (_, index) => credential(`SETTING_${index}`, { advanced: true }));
  const { user } = show(many);
  await user.click(screen.getByRole('button', { name: '8 advanced settings' }));
  await user.type(screen.getByLabelText('Search advanced settings'), 'setting_3');
  expect(screen.queryByLabelText('SETTING_3')).not.toBeNull();
  expect(screen.queryByLabelText('SETTING_4')).toBeNull();
});

test('opens the fold when an advanced setting has an error', () => {
  show([credential('DEBUG', { advanced: true })], (id) => id === 'credential:DEBUG');
  expect(screen.getByRole('button', { name: '1 advanced setting' }).getAttribute('aria-expanded')).toBe('true');
});
