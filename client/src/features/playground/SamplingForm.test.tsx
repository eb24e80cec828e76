import { screen } from '@testing-library/react';
import { expect, test } from 'vitest';
import { renderPage } from '../../testing/render.testing.tsx';
import { SamplingForm } from './SamplingForm.tsx';
import type { SamplingRequest, SamplingResponse } from './session.ts';

const request: SamplingRequest = {
  messages: [{ role: 'user', content: { type: 'text', text: 'What is the capital of Peru?' } }],
  systemPrompt: 'Answer in a word.',
  maxTokens: 10,
};

function renderQuestion() {
  const responses: SamplingResponse[] = [];
  return { ...renderPage(<SamplingForm request={request} onRespond={(one) => responses.push(one)} />), responses };
}

test('shows what the model would read, and sends the answer written in its place', async () => {
  const { user, responses } = renderQuestion();
  expect(screen.getByText('What is the capital of Peru?')).toBeDefined();
  expect(screen.getByText('Answer in a word.')).toBeDefined();
  expect(document.activeElement).toBe(screen.getByLabelText('Answer'));
  await user.keyboard('Lima');
  await user.click(screen.getByRole('button', { name: 'Send' }));
  expect(responses).toEqual([
    { role: 'assistant', content: { type: 'text', text: 'Lima' }, model: 'written by hand', stopReason: 'endTurn' },
  ]);
});

test('sends any content block written as JSON, and asks again for what is not JSON', async () => {
  const { user, responses } = renderQuestion();
  await user.click(screen.getByText('JSON'));
  await user.type(screen.getByLabelText('Answer'), 'Lima');
  await user.click(screen.getByRole('button', { name: 'Send' }));
  expect(responses).toEqual([]);
  expect(screen.getByText(/^Enter a content block/)).toBeDefined();
  await user.clear(screen.getByLabelText('Answer'));
  await user.type(screen.getByLabelText('Answer'), '{{"type": "image"}');
  await user.click(screen.getByRole('button', { name: 'Send' }));
  expect(responses).toMatchObject([{ content: { type: 'image' } }]);
});

test('declines', async () => {
  const { user, responses } = renderQuestion();
  await user.click(screen.getByRole('button', { name: 'Decline' }));
  expect(responses).toEqual([null]);
});
