import { render, screen } from '@testing-library/react';
import { expect, test } from 'vitest';
import { isTyping } from './typing.ts';

test('leaves letters to fields of text and dialogs, and takes them from a chosen filter', () => {
  render(
    <>
      <input aria-label="text" />
      <input aria-label="search" type="search" />
      <textarea aria-label="lines" />
      <input aria-label="radio" type="radio" />
      <input aria-label="checkbox" type="checkbox" />
      <input aria-label="choice" readOnly />
      <button type="button">button</button>
      <div role="dialog">
        <button type="button">inside</button>
      </div>
    </>,
  );
  const typing = ['text', 'search', 'lines'].map((label) => screen.getByLabelText(label));
  const chosen = ['radio', 'checkbox', 'choice'].map((label) => screen.getByLabelText(label));
  expect(typing.map(isTyping)).toEqual([true, true, true]);
  expect(chosen.map(isTyping)).toEqual([false, false, false]);
  expect(isTyping(screen.getByText('button'))).toBe(false);
  expect(isTyping(screen.getByText('inside'))).toBe(true);
  expect(isTyping(null)).toBe(false);
});
