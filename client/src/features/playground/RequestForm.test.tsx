import { screen } from '@testing-library/react';
import { expect, test } from 'vitest';
import { renderPage } from '../../testing/render.testing.tsx';
import type { Suggest } from '../schema-form/suggest.ts';
import { type Capability, capabilitiesOf } from './capabilities.ts';
import { RequestForm } from './RequestForm.tsx';

const greet: Capability[] = capabilitiesOf({
  tools: [
    {
      name: 'greet',
      inputSchema: { type: 'object', properties: { name: { type: 'string' }, times: { type: 'integer' } } },
      annotations: { destructiveHint: true },
    },
  ],
  prompts: [{ name: 'toast', arguments: [{ name: 'guest' }] }],
  resources: [],
});

function renderForm(at: number, suggest?: Suggest) {
  const capability = greet[at];
  if (!capability) throw new Error('There is no such capability.');
  const called: unknown[] = [];
  const form = (
    <RequestForm
      databaseId="d1"
      capability={capability}
      running={false}
      given={null}
      onCall={(args) => called.push(args)}
      copyTarget={{ databaseId: 'd1', url: 'http://localhost/api/mcp/d1', isPublic: true, schema: capability.schema }}
      suggest={suggest}
    />
  );
  return { ...renderPage(form), called };
}

test('sends with Enter from a text of one line and from a number', async () => {
  const { user, called } = renderForm(0);
  await user.type(screen.getByLabelText(/^name/), 'Ann{Enter}');
  expect(called).toEqual([{ name: 'Ann' }]);
  await user.type(screen.getByLabelText(/^times/), '2{Enter}');
  expect(called).toEqual([{ name: 'Ann' }, { name: 'Ann', times: 2 }]);
});

test('begins a line with Shift and Enter, and sends a text of several lines with Ctrl and Enter', async () => {
  const { user, called } = renderForm(0);
  await user.type(screen.getByLabelText(/^name/), 'a{Shift>}{Enter}{/Shift}b{Enter}c');
  expect(called).toEqual([]);
  await user.keyboard('{Control>}{Enter}{/Control}');
  expect(called).toEqual([{ name: 'a\nb\nc' }]);
});

test('shows what is wrong with JSON, and neither calls nor leaves it', async () => {
  const { user, called } = renderForm(0);
  await user.click(screen.getByText('JSON'));
  const editor = screen.getByLabelText('Arguments as JSON');
  await user.clear(editor);
  await user.type(editor, '[[1]');
  await user.click(screen.getByRole('button', { name: 'Call' }));
  expect(screen.getByRole('alert').textContent).toBe('Enter a JSON object.');
  await user.click(screen.getByText('Form'));
  expect(screen.getByLabelText('Arguments as JSON')).toBe(editor);
  expect(called).toEqual([]);
});

test('marks a tool that its server calls destructive', () => {
  renderForm(0);
  expect(screen.getByText('destructive')).toBeDefined();
});

test('offers the values that the server suggests for the argument of a prompt', async () => {
  const asked: string[] = [];
  const { user, called } = renderForm(1, async (name, value) => {
    asked.push(`${name}=${value}`);
    return ['Ada', 'Grace'];
  });
  await user.type(screen.getByRole('combobox', { name: /^guest/ }), 'A');
  await user.click(await screen.findByRole('option', { name: 'Ada' }));
  await user.click(screen.getByRole('button', { name: 'Get prompt' }));
  expect(asked).toContain('guest=A');
  expect(called).toEqual([{ guest: 'Ada' }]);
});
