import { screen } from '@testing-library/react';
import { expect, test, vi } from 'vitest';
import type { FragmentType } from '../../generated/index.ts';
import { renderPage } from '../../testing/render.testing.tsx';
import { ArgumentInput, type ArgumentInputFragment } from './ArgumentInput.tsx';
import { CredentialInput, type CredentialInputFragment } from './FieldInput.tsx';

const COMMON = {
  name: 'X_SETTING',
  label: 'Setting',
  description: null,
  required: false,
  default: null as string | null,
  choices: [],
  evidence: [],
};
type CredentialLike = FragmentType<typeof CredentialInputFragment>;
type ArgumentLike = FragmentType<typeof ArgumentInputFragment>;
// fragments are opaque to the code around a component
const credential = (more: object) =>
  ({
    ...COMMON,
    requirement: 'OPTIONAL',
    group: null,
    helpUrl: null,
    confidence: 'HIGH',
    ...more,
  }) as unknown as CredentialLike;
const argument = (more: object) =>
  ({ ...COMMON, repeated: false, positional: false, flag: '--setting', ...more }) as unknown as ArgumentLike;

const showCredential = (more: object, onChange = vi.fn()) => ({
  ...renderPage(<CredentialInput field={credential(more)} value="" onChange={onChange} />),
  onChange,
});

test.each([
  ['off', null, 'true'],
  ['on', 'true', 'false'],
])('shows a boolean as a switch that is %s by default', async (_, fallback, changed) => {
  const { user, onChange } = showCredential({ kind: 'BOOLEAN', default: fallback });
  const control = screen.getByRole<HTMLInputElement>('switch');
  expect(control.checked).toBe(fallback === 'true');
  await user.click(control);
  expect(onChange).toHaveBeenCalledWith(changed);
});

test('asks for a boolean that the server insists on, which a switch cannot show as missing', () => {
  showCredential({ kind: 'BOOLEAN', required: true });
  expect(screen.queryByRole('switch')).toBeNull();
  expect(screen.getByRole('combobox')).toBeDefined();
});

test('shows a boolean argument as a switch', async () => {
  const onChange = vi.fn();
  const { user } = renderPage(<ArgumentInput field={argument({ kind: 'BOOLEAN' })} values={[]} onChange={onChange} />);
  await user.click(screen.getByRole('switch'));
  expect(onChange).toHaveBeenCalledWith(['true']);
});

test('links to where a key is obtained, beside keys alone', () => {
  const helpUrl = 'https://example.com/keys';
  const { unmount } = showCredential({ kind: 'SECRET', helpUrl });
  expect(screen.getByRole('link', { name: /Get a key/ }).getAttribute('href')).toBe(helpUrl);
  unmount();
  showCredential({ kind: 'TEXT', helpUrl });
  expect(screen.queryByRole('link')).toBeNull();
});

test('shows a long default below the input, where nothing is cut off', () => {
  const long = 'https://api.example.com/a/long/path/v2';
  const { unmount } = showCredential({ kind: 'TEXT', default: long });
  expect(screen.getByRole<HTMLInputElement>('textbox').placeholder).toBe('');
  expect(screen.getByText(`Default: ${long}`)).toBeDefined();
  unmount();
  renderPage(
    <ArgumentInput field={argument({ kind: 'TEXT', default: long })} values={[]} onChange={() => undefined} />,
  );
  expect(screen.getByText(`Default: ${long}`)).toBeDefined();
});
